/* What libgcc and libstdc++ of Debian 12 take of a glibc newer than 2.34. With this in the programs
   of the tarball, 2.34 is enough: Red Hat Enterprise Linux 9 and Amazon Linux 2023 have that. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

/* Of 2.36, for std::random_device. */
uint32_t arc4random(void) {
  uint32_t number;
  if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number) abort();
  return number;
}

/* Of 2.35, which only stopped to set errno; the older one is in every glibc. */
double older_hypot(double x, double y);
__asm__(".symver older_hypot, hypot@GLIBC_2.2.5");
double hypot(double x, double y) { return older_hypot(x, y); }

/* Of 2.35, for the unwinder: where the unwind tables of the code at an address are. They are found
   as older unwinders do it, by dl_iterate_phdr(3), which takes a lock and a walk over the loaded
   files; nothing of ours throws where time matters. */
struct question {
  ElfW(Addr) address;
  struct dl_find_object* answer;
};

static int look(struct dl_phdr_info* info, size_t bytes, void* pointer) {
  const struct question* question = pointer;
  const ElfW(Phdr)* code = NULL;
  const ElfW(Phdr)* table = NULL;
  (void)bytes;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)* header = &info->dlpi_phdr[i];
    const ElfW(Addr) first = info->dlpi_addr + header->p_vaddr;
    if (header->p_type == PT_GNU_EH_FRAME) table = header;
    if (header->p_type == PT_LOAD && question->address >= first &&
        question->address - first < header->p_memsz)
      code = header;
  }
  if (code == NULL || table == NULL) return 0;
  *question->answer = (struct dl_find_object){
      .dlfo_map_start = (void*)(info->dlpi_addr + code->p_vaddr),
      .dlfo_map_end = (void*)(info->dlpi_addr + code->p_vaddr + code->p_memsz),
      .dlfo_eh_frame = (void*)(info->dlpi_addr + table->p_vaddr),
  };
  return 1;
}

int _dl_find_object(void* address, struct dl_find_object* answer) {
  struct question question = {.address = (ElfW(Addr))address, .answer = answer};
  return dl_iterate_phdr(look, &question) == 1 ? 0 : -1;
}
