# The whole vocabulary of this build, one function per kind of thing.

set(BYTEPATH_SANITIZE "" CACHE STRING "sanitizers for everything that is built: address,undefined")
option(BYTEPATH_TEST_EACH_CASE "each GoogleTest case is a test of ctest, not each program" ON)
option(BYTEPATH_FUZZ "build the libFuzzer targets (clang)" OFF)

add_library(bytepath_flags INTERFACE)
target_compile_options(bytepath_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wcast-align -Wundef
  -Wno-missing-field-initializers  # designated initialisers and LIBBPF_OPTS leave fields out on purpose
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>  # false for std::variant in g++ 12 (GCC PR 105562)
  # libstdc++ 12 silences its own use in std::stable_sort by a pragma, which clang forgets in a precompiled header.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
target_include_directories(bytepath_flags INTERFACE "${PROJECT_SOURCE_DIR}/lib" "${PROJECT_SOURCE_DIR}")
# The same source is to make the same bits in whichever folder it is.
add_compile_options("$<$<CONFIG:Release>:-ffile-prefix-map=${PROJECT_BINARY_DIR}/=;-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=>")
if(BYTEPATH_SANITIZE)
  target_compile_options(bytepath_flags INTERFACE
    -fsanitize=${BYTEPATH_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(bytepath_flags INTERFACE -fsanitize=${BYTEPATH_SANITIZE})
endif()
if(BYTEPATH_FUZZ)
  target_compile_options(bytepath_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# Headers that most files include, parsed once: a third of the time of a build.
function(bytepath_share_headers target)
  if(NOT TARGET bytepath_common_headers)
    file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/common_headers.cpp" "")
    add_library(bytepath_common_headers OBJECT "${CMAKE_CURRENT_BINARY_DIR}/common_headers.cpp")
    target_link_libraries(bytepath_common_headers PRIVATE bytepath_flags fmt::fmt)
    target_precompile_headers(bytepath_common_headers PRIVATE "${PROJECT_SOURCE_DIR}/scripts/cmake/common_headers.h")
  endif()
  target_precompile_headers(${target} REUSE_FROM bytepath_common_headers)
endfunction()

# bytepath_module(<name> [DEPENDS module...] [LINK target...]): lib/<name>/*.cpp -> bytepath::<name>.
function(bytepath_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEPENDS;LINK")
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/lib/${name}/*.cpp")
  set(scope PUBLIC)
  if(sources)
    add_library(bytepath_${name} STATIC ${sources})
  else()
    add_library(bytepath_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(bytepath::${name} ALIAS bytepath_${name})
  if(sources AND arg_DEPENDS)
    bytepath_share_headers(bytepath_${name})
  endif()
  list(TRANSFORM arg_DEPENDS PREPEND "bytepath::")
  target_link_libraries(bytepath_${name} ${scope} bytepath_flags ${arg_DEPENDS} ${arg_LINK})
endfunction()

# bytepath_loaded_module(<name> [TARBALL loaded|linked] DEPENDS module... LINK target...): of a library that is not ours.
# Programs load it where it is installed, lib/<name>/loaded/; those of the tarball have it in themselves, by
# lib/<name>/linked/ and these targets. With TARBALL loaded it is the other way round.
function(bytepath_loaded_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TARBALL" "DEPENDS;LINK")
  set(tarball linked)
  set(others loaded)
  if(arg_TARBALL STREQUAL "loaded")
    set(tarball loaded)
    set(others linked)
  endif()
  list(TRANSFORM arg_DEPENDS PREPEND "bytepath::")
  foreach(way IN ITEMS loaded linked)
    file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/lib/${name}/${way}/*.cpp")
    add_library(bytepath_${name}_${way} STATIC ${sources})
    target_link_libraries(bytepath_${name}_${way} PUBLIC bytepath_flags ${arg_DEPENDS})
  endforeach()
  target_link_libraries(bytepath_${name}_linked PUBLIC ${arg_LINK})
  add_library(bytepath_${name} INTERFACE)
  add_library(bytepath::${name} ALIAS bytepath_${name})
  target_link_libraries(bytepath_${name} INTERFACE bytepath_flags ${arg_DEPENDS}
    $<IF:$<BOOL:$<TARGET_PROPERTY:BYTEPATH_PORTABLE>>,bytepath_${name}_${tarball},bytepath_${name}_${others}>)
endfunction()

# bytepath_library(<name> <target> [archive...]): bytepath_<name> is that target, and for the programs of the tarball
# its archives: what other distributions have no file of, or another one.
function(bytepath_library name target)
  set(archives "")
  foreach(archive IN LISTS ARGN)
    if(TARGET ${archive})
      list(APPEND archives ${archive})
    else()
      list(APPEND archives -l:lib${archive}.a)
    endif()
  endforeach()
  add_library(bytepath_${name} INTERFACE)
  target_link_libraries(bytepath_${name} INTERFACE
    "$<IF:$<BOOL:$<TARGET_PROPERTY:BYTEPATH_PORTABLE>>,${archives},${target}>")
endfunction()

# bytepath_kernels(<family> <kernel>...): kernels/<family>/<kernel>.cpp each define one
# `std::vector<Kernel> <kernel>()`. A kernel is one file and one word; the table that lists them is generated.
function(bytepath_kernels family)
  foreach(kernel IN LISTS ARGN)
    set_property(GLOBAL APPEND PROPERTY BYTEPATH_KERNELS ${kernel})
    set_property(GLOBAL APPEND PROPERTY BYTEPATH_KERNEL_SOURCES "${PROJECT_SOURCE_DIR}/kernels/${family}/${kernel}.cpp")
  endforeach()
endfunction()

# bytepath_kernel_code(<family> <source>...): kernels/<family>/<source>.cpp, which are no rows of that table.
function(bytepath_kernel_code family)
  foreach(source IN LISTS ARGN)
    set_property(GLOBAL APPEND PROPERTY BYTEPATH_KERNEL_SOURCES "${PROJECT_SOURCE_DIR}/kernels/${family}/${source}.cpp")
  endforeach()
endfunction()

# bytepath_bpf(<module> <object>...): lib/<module>/<object>.bpf.c -> <object>.skel.h for that module.
find_program(BYTEPATH_CLANG NAMES clang-19 clang REQUIRED)
find_program(BYTEPATH_BPFTOOL bpftool PATHS /usr/sbin /sbin REQUIRED)
find_program(BYTEPATH_LLVM_STRIP NAMES llvm-strip-19 llvm-strip REQUIRED)
function(bytepath_bpf module)
  set(out "${CMAKE_CURRENT_BINARY_DIR}/bpf")
  file(MAKE_DIRECTORY "${out}")
  foreach(object IN LISTS ARGN)
    set(source "${PROJECT_SOURCE_DIR}/lib/${module}/${object}.bpf.c")
    add_custom_command(
      OUTPUT "${out}/${object}.skel.h"
      # -g gives the BTF that CO-RE needs; the DWARF beside it is then stripped (17x smaller skeleton).
      COMMAND "${BYTEPATH_CLANG}" -g -O2 -Wall -Werror --target=bpf -D__TARGET_ARCH_x86
              "-ffile-prefix-map=${PROJECT_SOURCE_DIR}/="
              -I/usr/include/${CMAKE_LIBRARY_ARCHITECTURE} "-I${PROJECT_SOURCE_DIR}/lib" -MD -MF "${out}/${object}.d"
              -c "${source}" -o "${out}/${object}.bpf.o"
      COMMAND "${BYTEPATH_LLVM_STRIP}" -g "${out}/${object}.bpf.o"
      COMMAND "${BYTEPATH_BPFTOOL}" gen skeleton "${out}/${object}.bpf.o" name "${object}_bpf" > "${out}/${object}.skel.h"
      DEPENDS "${source}" DEPFILE "${out}/${object}.d"
      COMMENT "BPF ${object}" VERBATIM)
    target_sources(bytepath_${module} PRIVATE "${out}/${object}.skel.h")
  endforeach()
  target_include_directories(bytepath_${module} SYSTEM PRIVATE "${out}")
endfunction()

# bytepath_embed(<module> <program> [LINK option...]): lib/<module>/<program>.c becomes a static program of its own,
# whose path the module's sources get as BYTEPATH_<PROGRAM> to take into themselves.
function(bytepath_embed module program)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "LINK")
  add_executable(${program} "${PROJECT_SOURCE_DIR}/lib/${module}/${program}.c")
  target_compile_options(${program} PRIVATE -O2 -Wall -Wextra -Wconversion -ffunction-sections)
  target_include_directories(${program} PRIVATE "${PROJECT_SOURCE_DIR}/lib")
  # -no-pie and no sanitizer: what counts is its size in memory.
  target_link_options(${program} PRIVATE -static -no-pie -s -Wl,--gc-sections -Wl,--build-id=none ${arg_LINK})
  string(TOUPPER ${program} name)
  target_compile_definitions(bytepath_${module} PRIVATE BYTEPATH_${name}="$<TARGET_FILE:${program}>")
  add_dependencies(bytepath_${module} ${program})
  set_property(SOURCE "${PROJECT_SOURCE_DIR}/lib/${module}/embedded_programs.cpp" APPEND PROPERTY
    OBJECT_DEPENDS "${CMAKE_CURRENT_BINARY_DIR}/${program}")
endfunction()

function(bytepath_kernel_library)
  get_property(kernels GLOBAL PROPERTY BYTEPATH_KERNELS)
  get_property(sources GLOBAL PROPERTY BYTEPATH_KERNEL_SOURCES)
  set(BYTEPATH_DECLARATIONS "")
  set(BYTEPATH_ROWS "")
  foreach(kernel IN LISTS kernels)
    string(APPEND BYTEPATH_DECLARATIONS "std::vector<Kernel> ${kernel}();\n")
    string(APPEND BYTEPATH_ROWS "      ${kernel},\n")
  endforeach()
  configure_file("${PROJECT_SOURCE_DIR}/kernels/table.cpp.in" kernel_table.cpp @ONLY)
  file(GLOB helpers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/kernels/*.cpp")  # what kernels share
  add_library(bytepath_kernels STATIC ${sources} ${helpers} "${CMAKE_CURRENT_BINARY_DIR}/kernel_table.cpp")
  add_library(bytepath::kernels ALIAS bytepath_kernels)
  # A copy loop must stay a loop, and a call of memcpy must stay a call.
  target_compile_options(bytepath_kernels PRIVATE -O2 -fno-builtin
    $<$<CXX_COMPILER_ID:GNU>:-fno-tree-loop-distribute-patterns>)
  target_link_libraries(bytepath_kernels PUBLIC bytepath_flags bytepath::base ${CMAKE_DL_LIBS})
endfunction()

# bytepath_probe(<name> [COMPONENT component] DEPENDS module...): tools/<name>/*.cpp -> the installed command <name>,
# in the package of that component or the main one.
function(bytepath_probe name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "COMPONENT" "DEPENDS")
  if(arg_COMPONENT)
    set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME ${arg_COMPONENT})
  endif()
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tools/${name}/*.cpp")
  add_executable(${name} ${sources})
  list(TRANSFORM arg_DEPENDS PREPEND "bytepath::")
  target_link_libraries(${name} PRIVATE bytepath_flags ${arg_DEPENDS})
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  if(BYTEPATH_TARBALL AND NOT arg_COMPONENT STREQUAL "lazyfs")
    bytepath_portable_program(${name} ${arg_DEPENDS})
  endif()
  install(FILES "${PROJECT_SOURCE_DIR}/scripts/completion.bash" RENAME ${name}
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  bytepath_man(${name}.1)
  set_property(GLOBAL APPEND PROPERTY BYTEPATH_PROBES ${name})
endfunction()

# bytepath_portable_program(<name> target...): the same objects, linked for the tarball.
option(BYTEPATH_TARBALL "link the programs of the tarball too, of archives of all libraries but glibc" OFF)
function(bytepath_portable_program name)
  add_executable(${name}-portable $<TARGET_OBJECTS:${name}> $<TARGET_OBJECTS:bytepath_old_glibc>)
  set_target_properties(${name}-portable PROPERTIES BYTEPATH_PORTABLE TRUE LINKER_LANGUAGE CXX
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/portable")
  target_link_libraries(${name}-portable PRIVATE ${ARGN})
  target_link_options(${name}-portable PRIVATE -static-libgcc -static-libstdc++)
  set_property(GLOBAL APPEND PROPERTY BYTEPATH_PORTABLE_PROGRAMS ${name}-portable)
endfunction()

# bytepath_man(<page>.<section>): man/<page>.<section>, compressed as Debian wants it.
function(bytepath_man page)
  string(REGEX MATCH "[0-9]$" section ${page})
  add_custom_command(OUTPUT ${page}.gz DEPENDS "${PROJECT_SOURCE_DIR}/man/${page}" VERBATIM
    COMMAND gzip -9nc "${PROJECT_SOURCE_DIR}/man/${page}" > ${page}.gz)
  add_custom_target(${page}.man ALL DEPENDS ${page}.gz)
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/${page}.gz" DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
  set_property(GLOBAL APPEND PROPERTY BYTEPATH_MAN_PAGES ${page})
endfunction()

# bytepath_build_with(<unit|integration> <target>...): what `ctest -L unit`, and what every other test needs, can be
# built alone, see scripts/test.
function(bytepath_build_with group)
  if(NOT TARGET ${group})
    add_custom_target(${group})
  endif()
  add_dependencies(${group} ${ARGN})
endfunction()

# bytepath_test(<name> [LABEL unit|root|cli] DEPENDS module... SOURCES file...): GoogleTest cases.
function(bytepath_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL" "DEPENDS;SOURCES")
  add_executable(${name} ${arg_SOURCES})
  list(TRANSFORM arg_DEPENDS PREPEND "bytepath::")
  target_link_libraries(${name} PRIVATE bytepath_flags fmt::fmt ${arg_DEPENDS} GTest::gmock_main)
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_compile_definitions(${name} PRIVATE
    BYTEPATH_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data" BYTEPATH_GOLDEN="${PROJECT_SOURCE_DIR}/tests/golden")
  # Compiling the tests is most of a build: they are not optimised and share the parsed GoogleTest.
  target_compile_options(${name} PRIVATE -O0)
  if(NOT TARGET bytepath_test_headers)
    file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/test_headers.cpp" "")
    add_library(bytepath_test_headers OBJECT "${CMAKE_CURRENT_BINARY_DIR}/test_headers.cpp")
    target_link_libraries(bytepath_test_headers PRIVATE bytepath_flags fmt::fmt GTest::gmock)
    target_compile_options(bytepath_test_headers PRIVATE -O0)
    target_precompile_headers(bytepath_test_headers PRIVATE <gmock/gmock.h> <gtest/gtest.h> <fmt/format.h>)
  endif()
  target_precompile_headers(${name} REUSE_FROM bytepath_test_headers)
  # Unit tests share the machine; what runs programs or the real kernel has it to itself.
  set(serial TRUE)
  set(group integration)
  if(arg_LABEL STREQUAL "unit")
    set(serial FALSE)
    set(group unit)
  endif()
  bytepath_build_with(${group} ${name})
  if(NOT BYTEPATH_TEST_EACH_CASE)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS "${arg_LABEL}" TIMEOUT 600 RUN_SERIAL ${serial})
    return()
  endif()
  gtest_discover_tests(${name} NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${arg_LABEL}" TIMEOUT 300 RUN_SERIAL ${serial})
endfunction()

# bytepath_script_test(<name> [LABEL cli|package] COMMAND word...): a script; exit 77 is a skip, with its reason as the
# last line.
function(bytepath_script_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL" "COMMAND")
  add_test(NAME ${name} COMMAND ${arg_COMMAND})
  # Some empty the page cache of the whole host, and others count what is in it.
  set(serial FALSE)
  if(arg_LABEL STREQUAL "root")
    set(serial TRUE)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABEL}" TIMEOUT 600 SKIP_RETURN_CODE 77 RUN_SERIAL ${serial})
endfunction()

# bytepath_fuzzer(<name> DEPENDS module...): tests/fuzz/<name>.cpp and its corpus tests/fuzz/corpus/<name>/.
# Always built as a replay of the corpus, which is a test; with BYTEPATH_FUZZ also as a libFuzzer target.
function(bytepath_fuzzer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEPENDS")
  list(TRANSFORM arg_DEPENDS PREPEND "bytepath::")
  set(source "${PROJECT_SOURCE_DIR}/tests/fuzz/${name}.cpp")
  set(corpus "${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name}")
  add_executable(${name}_replay "${source}" "${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cpp")
  target_link_libraries(${name}_replay PRIVATE bytepath_flags ${arg_DEPENDS})
  add_test(NAME fuzz.corpus.${name} COMMAND ${name}_replay "${corpus}")
  set_property(TEST fuzz.corpus.${name} PROPERTY LABELS unit)
  bytepath_build_with(unit ${name}_replay)
  if(BYTEPATH_FUZZ)
    add_executable(${name} EXCLUDE_FROM_ALL "${source}")
    target_link_libraries(${name} PRIVATE bytepath_flags ${arg_DEPENDS} -fsanitize=fuzzer)
    if(NOT TARGET fuzzers)
      add_custom_target(fuzzers)
    endif()
    add_dependencies(fuzzers ${name})
  endif()
endfunction()

# bytepath_bench(<name> DEPENDS module...): tests/bench/<name>.cpp, a Google Benchmark run by hand.
function(bytepath_bench name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEPENDS")
  list(TRANSFORM arg_DEPENDS PREPEND "bytepath::")
  find_package(benchmark REQUIRED)
  add_executable(${name} "${PROJECT_SOURCE_DIR}/tests/bench/${name}.cpp")
  target_link_libraries(${name} PRIVATE bytepath_flags ${arg_DEPENDS} benchmark::benchmark)
endfunction()
