#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "result/document.h"

// How parts of a document are named and ordered for people; shared by the renderers.
namespace bytepath::report {

// A cell in the unit people read; strings are returned as they are. `unit` is a Column's.
std::string format_value(const result::Value& value, std::string_view unit);

// For programs: every digit, true/false, empty for n/a.
std::string format_exact(const result::Value& value);
std::string format_exact(double value);

bool is_number(const result::Value& value);

// A piece of evidence says its unit by its key: "ratio_low", "size", "mapped_bytes", "latency_ns".
std::string_view unit_of_evidence(std::string_view key);

// "d_first 1", "d_last 15", "ratio 25.3x".
std::vector<std::string> evidence_items(const result::Record& evidence);
// The same as one text.
std::string format_evidence(const result::Record& evidence);

std::string format_labels(const result::Labels& labels);

// "snake_case" as people see it.
std::string spaced(std::string_view name);

std::string_view name_of(result::Severity severity);

// "tried: it helps", or why not to trust it.
std::string_view name_of(const std::optional<bool>& verified);

// Findings first, notes last; the document's order within a severity.
std::vector<const result::Finding*> by_severity(const result::Document& document);

enum class Tone { good, caution, bad };
// bad: there is a finding; caution: incomplete, a warning or the tool does not know; else good.
Tone tone_of(const result::Document& document);

// CPU, microarchitecture, kernel, libc and hypervisor, as far as they are known.
std::string host_line(const result::Host& host);

// The series of one name, to be drawn in one coordinate system.
struct Chart {
  std::string title;  // with the labels that all series share
  std::vector<const result::Series*> series;
  std::vector<std::string> names;  // of each series: the labels that tell it apart
};
// In the order of the document. Series without a title only where `untitled`.
std::vector<Chart> charts(const result::Document& document, bool untitled);

// The metrics of one name that have a title and samples, to be drawn as dots, a row each.
struct Dots {
  std::string title;
  std::vector<const result::Metric*> metrics;
  std::vector<std::string> names;  // of each: the labels that tell it apart
};
std::vector<Dots> dots(const result::Document& document);

}  // namespace bytepath::report
