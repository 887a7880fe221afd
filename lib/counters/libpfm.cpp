#include "counters/libpfm.h"

#include <fmt/ranges.h>
#include <linux/perf_event.h>
#include <perfmon/pfmlib.h>
#include <perfmon/pfmlib_perf_event.h>
#include <strings.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <span>

#include "base/text.h"

namespace bytepath::counters::libpfm {
namespace {

constexpr std::string_view generic_pmu = "perf";  // what perf_event_open(2) itself defines
constexpr std::string_view raw_pmu = "perf_raw";  // r0224: a code, not a list of events

// libpfm4 reads this variable in pfm_initialize() only; without it a table encodes only on its own
// CPU. A user's own setting stays. Both happen once, at the first name that libpfm4 is asked for:
// neither setenv(3) nor pfm_initialize() may run beside itself.
bool ready() {
  static const bool initialized = [] {
    ::setenv("LIBPFM_ENCODE_INACTIVE", "1", 0);  // NOLINT(concurrency-mt-unsafe): see above
    return pfm_initialize() == PFM_SUCCESS;
  }();
  return initialized;
}

std::optional<pfm_pmu_info_t> pmu_info(pfm_pmu_t pmu) {
  pfm_pmu_info_t info{};
  info.size = sizeof info;
  if (pfm_get_pmu_info(pmu, &info) != PFM_SUCCESS) return std::nullopt;
  return info;
}

std::vector<pfm_pmu_info_t> pmus() {
  std::vector<pfm_pmu_info_t> known;
  if (!ready()) return known;
  for (int pmu = PFM_PMU_NONE; pmu < PFM_PMU_MAX; ++pmu) {
    if (const auto info = pmu_info(static_cast<pfm_pmu_t>(pmu))) known.push_back(*info);
  }
  return known;
}

std::optional<pfm_event_info_t> event_info(int index) {
  pfm_event_info_t info{};
  info.size = sizeof info;
  if (pfm_get_event_info(index, PFM_OS_NONE, &info) != PFM_SUCCESS) return std::nullopt;
  return info;
}

std::vector<pfm_event_info_t> events_of(const pfm_pmu_info_t& pmu) {
  std::vector<pfm_event_info_t> events;
  for (int index = pmu.first_event; index != -1; index = pfm_get_event_next(index)) {
    if (const auto info = event_info(index)) events.push_back(*info);
  }
  return events;
}

std::string qualified(const pfm_pmu_info_t& pmu, const pfm_event_info_t& event) {
  return fmt::format("{}::{}", pmu.name, event.name);
}

std::vector<std::string> masks_of(const pfm_event_info_t& event) {
  std::vector<std::string> masks;
  for (int i = 0; i < event.nattrs; ++i) {
    pfm_event_attr_info_t attribute{};
    attribute.size = sizeof attribute;
    if (pfm_get_event_attr_info(event.idx, i, PFM_OS_NONE, &attribute) != PFM_SUCCESS) continue;
    if (attribute.type == PFM_ATTR_UMASK) masks.emplace_back(attribute.name);
  }
  return masks;
}

// written: the masks and modifiers of the name. A system call's tracepoints are hundreds of masks.
std::string mask_hint(const std::vector<std::string>& masks, std::string_view written) {
  constexpr std::size_t shown = 12;
  if (masks.empty()) return "it has no unit masks";
  if (masks.size() <= shown) return fmt::format("its unit masks: {}", fmt::join(masks, ", "));
  for (const auto piece : split(written, ':')) {
    const std::string found = nearest(piece, masks);
    if (!found.empty() && found != piece) return fmt::format("did you mean '{}'?", found);
  }
  const std::span first(masks.begin(), shown);
  return fmt::format("some of its {} unit masks: {}", masks.size(), fmt::join(first, ", "));
}

// A name without a PMU is one of a present PMU.
std::string hint_for(std::string_view name) {
  const auto separator = name.find("::");
  const bool has_pmu = separator != std::string_view::npos;
  const std::string_view pmu_name = has_pmu ? name.substr(0, separator) : "";
  const std::string_view rest = has_pmu ? name.substr(separator + 2) : name;
  const auto end = std::min(rest.find(':'), rest.size());
  const std::string event_name(rest.substr(0, end));
  for (const auto& pmu : pmus()) {
    if (has_pmu ? pmu_name != pmu.name : pmu.is_present == 0) continue;
    for (const auto& event : events_of(pmu)) {
      if (::strcasecmp(event.name, event_name.c_str()) != 0) continue;
      return mask_hint(masks_of(event), rest.substr(end));
    }
  }
  return "";
}

std::unexpected<Error> refusal(const std::string& name, int code) {
  switch (code) {
    case PFM_ERR_NOTFOUND:
      return fail(ErrorKind::usage, fmt::format("unknown event '{}'", name));
    case PFM_ERR_UMASK:
      return fail(ErrorKind::usage, fmt::format("event '{}' needs a unit mask", name),
                  hint_for(name));
    case PFM_ERR_ATTR:
      return fail(ErrorKind::usage,
                  fmt::format("event '{}' has an unknown unit mask or modifier", name),
                  hint_for(name));
    case PFM_ERR_NOTSUPP:
      return fail(ErrorKind::unsupported,
                  fmt::format("event '{}' can be encoded only where the kernel has its PMU", name));
    default:
      return fail(ErrorKind::usage, fmt::format("event '{}': {}", name, pfm_strerror(code)),
                  hint_for(name));
  }
}

// What perf_event_attr would say and Event does not carry.
bool asks_for_more(const perf_event_attr& attributes, int cpu) {
  return attributes.sample_period != 0 || attributes.freq != 0 || attributes.precise_ip != 0 ||
         attributes.pinned != 0 || attributes.exclusive != 0 || attributes.exclude_host != 0 ||
         cpu != -1;
}

std::string absent_pmu(int index) {
  const auto event = event_info(index);
  const auto pmu = event ? pmu_info(event->pmu) : std::nullopt;
  return pmu && pmu->is_present == 0 ? pmu->name : "";
}

// The generic events are listed by their perf names; libpfm4 has each also by its constant's name,
// and, where debugfs is readable, the tracepoints' groups.
bool is_cache_event(const std::string& name) {
  const auto event = encode(name);
  return event && event->type == PERF_TYPE_HW_CACHE &&
         name.find("::PERF_COUNT_") == std::string::npos;
}

}  // namespace

Result<Event> encode(const std::string& name) {
  if (!ready()) return fail(ErrorKind::failed, "libpfm4 cannot be initialised");
  perf_event_attr attributes{};
  pfm_perf_encode_arg_t out{};
  out.attr = &attributes;
  out.size = sizeof out;
  out.cpu = -1;
  const int code =
      pfm_get_os_event_encoding(name.c_str(), PFM_PLM0 | PFM_PLM3, PFM_OS_PERF_EVENT_EXT, &out);
  if (code != PFM_SUCCESS) return refusal(name, code);
  if (asks_for_more(attributes, out.cpu)) {
    return fail(
        ErrorKind::usage,
        fmt::format("event '{}' has a modifier that a counter of tasks cannot honour", name),
        "leave out period, freq, precise, pinned, excl, cpu and mg");
  }
  return Event{.name = name,
               .type = attributes.type,
               .config = attributes.config,
               .config1 = attributes.config1,
               .config2 = attributes.config2,
               .user_only = attributes.exclude_kernel != 0,
               .kernel_only = attributes.exclude_user != 0,
               .absent_pmu = absent_pmu(out.idx)};
}

std::vector<KnownEvent> present_events() {
  std::vector<KnownEvent> known;
  for (const auto& pmu : pmus()) {
    if (pmu.is_present == 0 || pmu.name == raw_pmu) continue;
    for (const auto& event : events_of(pmu)) {
      std::string name = qualified(pmu, event);
      if (pmu.name == generic_pmu && !is_cache_event(name)) continue;
      known.push_back({.name = std::move(name),
                       .kind = pmu.name,
                       .description = event.desc == nullptr ? "" : event.desc});
    }
  }
  return known;
}

std::vector<std::string> pmu_names() {
  std::vector<std::string> names;
  for (const auto& pmu : pmus()) names.emplace_back(pmu.name);
  return names;
}

std::vector<std::string> event_names(std::string_view pmu_name) {
  std::vector<std::string> names;
  for (const auto& pmu : pmus()) {
    if (pmu.name != pmu_name) continue;
    for (const auto& event : events_of(pmu)) names.push_back(qualified(pmu, event));
  }
  return names;
}

}  // namespace bytepath::counters::libpfm
