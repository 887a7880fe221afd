#include "kernels/chase/chase.h"

#include <cstdint>

namespace bytepath::kernels {
namespace {

constexpr std::size_t line_bytes = 64;
constexpr std::size_t page_bytes = 4096;
constexpr std::size_t block_bytes = 4 * line_bytes;

}  // namespace

void* chase_pointers(void* at, std::size_t loads) {
  for (std::size_t i = 0; i < loads; i += chase_unroll) {
    asm volatile(
        ".rept 64\n\t"
        "movq (%[at]), %[at]\n\t"
        ".endr"
        : [at] "+r"(at)
        :
        : "memory");
  }
  return at;
}

void chain_additions(std::size_t additions) {
  std::uint64_t sum = 0;  // NOLINT(misc-const-correctness): what the assembly adds to
  for (std::size_t i = 0; i < additions; i += chase_unroll) {
    asm volatile(
        ".rept 64\n\t"
        "addq %[one], %[sum]\n\t"
        ".endr"
        : [sum] "+r"(sum)
        : [one] "r"(std::uint64_t{1})
        : "cc");
  }
}

void chain_multiplications(std::size_t multiplications) {
  std::uint64_t product = 3;  // NOLINT(misc-const-correctness): what the assembly multiplies
  for (std::size_t i = 0; i < multiplications; i += chase_unroll) {
    asm volatile(
        ".rept 64\n\t"
        "imulq %[product], %[product]\n\t"
        ".endr"
        : [product] "+r"(product)
        :
        : "cc");
  }
}

void wide_additions(std::size_t additions) {
  for (std::size_t i = 0; i < additions; i += chase_unroll) {
    asm volatile(
        ".rept 8\n\t"
        "addq %[one], %%rax\n\t"
        "addq %[one], %%rcx\n\t"
        "addq %[one], %%rdx\n\t"
        "addq %[one], %%rsi\n\t"
        "addq %[one], %%r8\n\t"
        "addq %[one], %%r9\n\t"
        "addq %[one], %%r10\n\t"
        "addq %[one], %%r11\n\t"
        ".endr"
        :
        : [one] "r"(std::uint64_t{1})
        : "rax", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "cc");
  }
}

void read_lines(const std::byte* data, std::size_t size) {
  for (std::size_t i = 0; i + block_bytes <= size; i += block_bytes) {
    asm volatile(
        "movq (%[at]), %%rax\n\t"
        "movq 64(%[at]), %%rcx\n\t"
        "movq 128(%[at]), %%rdx\n\t"
        "movq 192(%[at]), %%rsi"
        :
        : [at] "r"(data + i)
        : "rax", "rcx", "rdx", "rsi", "memory");
  }
}

void read_lines_slowly(const std::byte* data, std::size_t size, std::size_t pause) {
  for (std::size_t i = 0; i + block_bytes <= size; i += block_bytes) {
    read_lines(data + i, block_bytes);
    for (std::size_t turn = 0; turn < pause; ++turn) asm volatile("" ::: "memory");
  }
}

void read_all(const std::byte* data, std::size_t size) {
  for (std::size_t i = 0; i + block_bytes <= size; i += block_bytes) {
    for (std::size_t line = 0; line < block_bytes; line += line_bytes) {
      asm volatile(
          "movdqu (%[at]), %%xmm0\n\t"
          "movdqu 16(%[at]), %%xmm1\n\t"
          "movdqu 32(%[at]), %%xmm2\n\t"
          "movdqu 48(%[at]), %%xmm3"
          :
          : [at] "r"(data + i + line)
          : "xmm0", "xmm1", "xmm2", "xmm3", "memory");
    }
  }
}

void touch_pages(const std::byte* data, std::size_t size) {
  for (std::size_t i = 0; i < size; i += page_bytes) {
    asm volatile("movq 8(%[at]), %%rax" : : [at] "r"(data + i) : "rax", "memory");
  }
}

void flush_lines(const std::byte* data, std::size_t size) {
  // CLFLUSH and not CLFLUSHOPT, which CPUs before Skylake and Zen lack: what it takes is not timed.
  for (std::size_t i = 0; i < size; i += line_bytes) {
    asm volatile("clflush (%[at])" : : [at] "r"(data + i) : "memory");
  }
  asm volatile("mfence" ::: "memory");
}

}  // namespace bytepath::kernels
