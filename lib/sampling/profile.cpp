#include "sampling/profile.h"

namespace bytepath::sampling {
namespace {

constexpr std::uint64_t page_of_4k = 4096;

}  // namespace

std::uint32_t Profile::index_of(CodeAddress address) {
  Key key{0, 0, std::string(), address.address};
  const auto& mapping = address.mapping;
  if (!address.kernel && mapping.file.inode != 0) {
    key = {mapping.file.device, mapping.file.inode, mapping.path,
           address.address - mapping.start + mapping.file_offset};
  } else if (!address.kernel) {
    std::get<1>(key) = address.process;
  }
  const auto [found, added] =
      index_.try_emplace(std::move(key), static_cast<std::uint32_t>(addresses_.size()));
  if (added) addresses_.push_back(std::move(address));
  return found->second;
}

std::uint32_t Profile::user_index(const Sample& sample, std::uint64_t address,
                                  const trace::MappingTable& mappings) {
  CodeAddress code{.process = sample.process, .address = address, .mapping = {}};
  if (const auto* mapping = mappings.find(sample.process, address)) code.mapping = *mapping;
  return index_of(std::move(code));
}

void Profile::add(const Sample& sample, const trace::MappingTable& mappings, double seconds) {
  Stack stack;
  stack.reserve(1 + sample.kernel_callers.size() + sample.user_callers.size());
  if (sample.kernel) {
    stack.push_back(index_of({.kernel = true, .address = sample.address, .mapping = {}}));
  } else {
    stack.push_back(user_index(sample, sample.address, mappings));
  }
  for (const auto caller : sample.kernel_callers)
    stack.push_back(index_of({.kernel = true, .address = caller, .mapping = {}}));
  for (const auto caller : sample.user_callers)
    stack.push_back(user_index(sample, caller, mappings));
  StackCount& count = stacks_[std::move(stack)];
  ++count.samples;
  count.seconds += seconds;
  ++samples_;
  seconds_ += seconds;
  if (sample.registers) {
    const auto apart = sample.registers->destination - sample.registers->source;
    ++count.distances[static_cast<std::uint16_t>(apart % page_of_4k)];
  }
}

void Profile::add_faults(const Sample& sample, const trace::MappingTable& mappings,
                         std::uint64_t faults) {
  if (!sample.kernel) faults_[user_index(sample, sample.address, mappings)] += faults;
}

void Profile::merge(const Profile& other) {
  std::vector<std::uint32_t> own;
  own.reserve(other.addresses_.size());
  for (const auto& address : other.addresses_) own.push_back(index_of(address));
  for (const auto& [stack, count] : other.stacks_) {
    Stack here;
    here.reserve(stack.size());
    for (const auto index : stack) here.push_back(own[index]);
    StackCount& sum = stacks_[std::move(here)];
    sum.samples += count.samples;
    sum.seconds += count.seconds;
    for (const auto& [distance, samples] : count.distances) sum.distances[distance] += samples;
  }
  for (const auto& [index, faults] : other.faults_) faults_[own[index]] += faults;
  samples_ += other.samples_;
  seconds_ += other.seconds_;
}

}  // namespace bytepath::sampling
