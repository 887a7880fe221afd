# bytepath_syscall_names(<module>): syscall_names.inc for that module, rows {number, "name"} of
# x86-64's system calls as the kernel's <asm/unistd_64.h> on the building machine lists them. No
# copy of the table is kept in this tree.
function(bytepath_syscall_names module)
  set(out "${CMAKE_CURRENT_BINARY_DIR}/syscall_names")
  find_file(BYTEPATH_UNISTD asm/unistd_64.h PATH_SUFFIXES ${CMAKE_LIBRARY_ARCHITECTURE} REQUIRED
    DOC "the kernel's list of system calls (linux-libc-dev)")
  file(MAKE_DIRECTORY "${out}")
  set(row [[s/^#define __NR_\([a-z0-9_]*\) \([0-9]*\)$/{\2, "\1"},/p]])
  add_custom_command(
    OUTPUT "${out}/syscall_names.inc" DEPENDS "${BYTEPATH_UNISTD}"
    COMMAND sed -n "${row}" "${BYTEPATH_UNISTD}" > "${out}/syscall_names.inc"
    COMMENT "Names of system calls" VERBATIM)
  target_sources(bytepath_${module} PRIVATE "${out}/syscall_names.inc")
  target_include_directories(bytepath_${module} PRIVATE "${out}")
endfunction()
