#include "sampling/hot_code.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace bytepath::sampling {
namespace {

using symbols::Place;

// Names of addresses, each asked for once. A caller is named by the byte before the address that it
// returns to, which may belong to the next function.
class Names {
 public:
  Names(const Profile& profile, symbols::Symbolizer& symbolizer)
      : profile_(profile),
        symbolizer_(symbolizer),
        places_(profile.addresses().size()),
        callers_(profile.addresses().size()) {}

  const Place& place(std::uint32_t index) { return look_up(places_, index, 0); }
  const Place& caller(std::uint32_t index) { return look_up(callers_, index, 1); }

 private:
  using Known = std::vector<std::optional<Place>>;

  const Place& look_up(Known& known, std::uint32_t index, std::uint64_t before) {
    if (!known[index]) {
      const CodeAddress& code = profile_.addresses()[index];
      const std::uint64_t address = code.address - before;
      known[index] = code.kernel ? symbolizer_.kernel(address)
                                 : symbolizer_.user(code.process, code.mapping, address);
    }
    return *known[index];
  }

  const Profile& profile_;
  symbols::Symbolizer& symbolizer_;
  Known places_;
  Known callers_;
};

bool read_code(symbols::Symbolizer& symbolizer, const CodeAddress& code, std::uint64_t address,
               std::span<std::uint8_t> bytes) {
  return code.kernel ? symbolizer.kernel_code(address, bytes)
                     : symbolizer.user_code(code.process, code.mapping, address, bytes);
}

CodeSource source_of(symbols::Symbolizer& symbolizer, const CodeAddress& code) {
  return {.read =
              [&symbolizer, &code](std::uint64_t address, std::span<std::uint8_t> bytes) {
                return read_code(symbolizer, code, address, bytes);
              },
          .name =
              [&symbolizer, &code](std::uint64_t address) {
                if (code.kernel) return symbolizer.kernel(address).function;
                if (address < code.mapping.start || address >= code.mapping.end)
                  return std::string();
                return symbolizer.user(code.process, code.mapping, address).function;
              }};
}

// As the code lies in memory, 0 where it is not known.
std::uint64_t function_begin(const CodeAddress& code, const Place& place) {
  if (place.function_address == 0) return 0;
  return code.address - (place.address - place.function_address);
}

void take_nearby(symbols::Symbolizer& symbolizer, code::Disassembler& disassembler,
                 const CodeAddress& code, HotPlace& place) {
  place.nearby = nearby_code(disassembler, source_of(symbolizer, code),
                             function_begin(code, place.place), code.address);
  for (auto& line : place.nearby) line.address += place.place.address - code.address;
}

void take_instruction(symbols::Symbolizer& symbolizer, code::Disassembler& disassembler,
                      const CodeAddress& code, HotPlace& place) {
  const auto source = source_of(symbolizer, code);
  InstructionBytes bytes{};
  const auto here = read_instruction(source, code.address, bytes);
  if (here.empty()) return;
  const auto instruction = disassembler.decode(code.address, here);
  place.instruction =
      code_line(disassembler, source, function_begin(code, place.place), code.address, here).text;
  place.is_rep_movs = instruction.operation == code::Operation::string_copy && instruction.repeated;
  place.is_rep_movsb = code::is_rep_movsb(instruction);
  constexpr std::size_t look_back = 9;
  std::array<std::uint8_t, look_back> before{};
  if (code.address <= look_back || !read_code(symbolizer, code, code.address - look_back, before))
    return;
  place.after_interrupts_off =
      code.kernel ? follows_interrupts_on(disassembler, before) : follows_system_call(before);
  if (!code.kernel && place.after_interrupts_off)
    place.entry = {.entry = Entry::system_call, .system_call = {}};
}

std::string frame_text(const Place& place) {
  if (!place.function.empty()) return place.function;
  return symbols::place_text(place);
}

// Of each place, in each way that it was entered.
using PlaceKey = std::tuple<std::uint32_t, Entry, std::string>;

}  // namespace

std::string_view name(Entry entry) {
  switch (entry) {
    case Entry::user:
      return "user";
    case Entry::system_call:
      return "system call";
    case Entry::page_fault:
      return "page fault";
    case Entry::interrupt:
      return "interrupt";
    case Entry::kernel:
      return "kernel";
  }
  return "kernel";
}

EntryPoint entry_of(const std::vector<std::string>& functions) {
  for (const std::string_view function : functions) {
    for (const std::string_view before : {"__x64_sys_", "__ia32_sys_", "__se_sys_"}) {
      if (function.starts_with(before))
        return {.entry = Entry::system_call,
                .system_call = std::string(function.substr(before.size()))};
    }
    if (function == "exc_page_fault" || function == "asm_exc_page_fault")
      return {.entry = Entry::page_fault, .system_call = {}};
    if (function.starts_with("sysvec_") || function.starts_with("asm_sysvec_") ||
        function == "common_interrupt" || function == "asm_common_interrupt")
      return {.entry = Entry::interrupt, .system_call = {}};
    // The way in and out of every system call, and the table of their functions.
    if (function == "do_syscall_64" || function == "x64_sys_call" ||
        function.starts_with("entry_SYSCALL_") || function.starts_with("syscall_") ||
        function.starts_with("entry_SYSRETQ_"))
      return {.entry = Entry::system_call, .system_call = {}};
  }
  return {.entry = Entry::kernel, .system_call = {}};
}

bool follows_interrupts_on(code::Disassembler& disassembler,
                           std::span<const std::uint8_t> bytes_before) {
  constexpr std::uint8_t sti = 0xfb;
  for (std::size_t at = 0; at < bytes_before.size(); ++at) {
    if (bytes_before[at] != sti) continue;
    std::size_t next = at + 1;
    while (next < bytes_before.size()) {
      const auto instruction = disassembler.decode(next, bytes_before.subspan(next));
      if (!instruction.decoded || !instruction.text.starts_with("nop")) break;
      next += instruction.size;
    }
    if (next == bytes_before.size()) return true;
  }
  return false;
}

bool follows_system_call(std::span<const std::uint8_t> bytes_before) {
  constexpr std::array<std::uint8_t, 2> instruction = {0x0f, 0x05};
  return bytes_before.size() >= instruction.size() &&
         std::ranges::equal(bytes_before.last(instruction.size()), instruction);
}

bool is_of_faults(std::uint64_t faults, std::uint64_t samples) {
  constexpr std::uint64_t least_faults_a_sample = 10;
  return samples > 0 && faults >= least_faults_a_sample * samples;
}

HotCode hot_code(const Profile& profile, symbols::Symbolizer& symbolizer,
                 code::Disassembler& disassembler) {
  Names names(profile, symbolizer);
  HotCode hot{
      .places = {}, .stacks = {}, .samples = profile.samples(), .seconds = profile.seconds()};
  std::map<PlaceKey, HotPlace> places;
  for (const auto& [stack, count] : profile.stacks()) {
    NamedStack named{.frames = {}, .samples = count.samples, .seconds = count.seconds};
    std::vector<std::string> kernel_functions;
    for (std::size_t i = 0; i < stack.size(); ++i) {
      const Place& place = i == 0 ? names.place(stack[i]) : names.caller(stack[i]);
      if (profile.addresses()[stack[i]].kernel) kernel_functions.push_back(place.function);
      named.frames.push_back(frame_text(place));
    }
    const CodeAddress& code = profile.addresses()[stack.front()];
    const EntryPoint entry = code.kernel ? entry_of(kernel_functions) : EntryPoint();
    HotPlace& place = places[{stack.front(), entry.entry, entry.system_call}];
    if (place.samples == 0) {
      place.place = names.place(stack.front());
      place.entry = entry;
      place.kernel = code.kernel;
      take_instruction(symbolizer, disassembler, code, place);
    }
    place.samples += count.samples;
    place.seconds += count.seconds;
    if (place.is_rep_movs)
      for (const auto& [distance, samples] : count.distances) place.distances[distance] += samples;
    hot.stacks.push_back(std::move(named));
  }
  for (auto& [key, place] : places) {
    const auto faults = profile.faults().find(std::get<0>(key));
    if (faults != profile.faults().end()) place.faults = faults->second;
    if (place.entry.entry == Entry::user && !place.is_rep_movs &&
        is_of_faults(place.faults, place.samples))
      place.entry.entry = Entry::page_fault;
    constexpr std::uint64_t hundred = 100;
    if (place.samples * hundred >= hot.samples && !place.instruction.empty())
      take_nearby(symbolizer, disassembler, profile.addresses()[std::get<0>(key)], place);
    hot.places.push_back(std::move(place));
  }
  std::ranges::stable_sort(hot.places, std::ranges::greater(), &HotPlace::seconds);
  return hot;
}

}  // namespace bytepath::sampling
