#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "result/document.h"

// A document's parameters by type. A saved document may hold anything: another type is nothing.
namespace bytepath::verdict {

bool parameter_is_true(const result::Document& document, const std::string& name);
// In one line; empty when there is none.
std::string parameter_text(const result::Document& document, const std::string& name);
std::optional<double> parameter_number(const result::Document& document, const std::string& name);

// Is it of this command of a program that has several?
bool is_mode(const result::Document& document, std::string_view mode);

}  // namespace bytepath::verdict
