#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "libbpf/libbpf.h"
#include "libraries/shared_library.h"

namespace bytepath::libbpf {
namespace {

// Its interface is that of all of libbpf 1; Debian 12 has 1.1.
SharedLibrary& library() {
  static SharedLibrary loaded({"libbpf.so.1"});
  return loaded;
}

}  // namespace

Result<> available() {
  return library().available("bytepath-tracing, or libbpf 1 alone: apt install libbpf1");
}

std::string version() {
  const char* text = libbpf_version_string();
  return text == nullptr ? "" : text;
}

}  // namespace bytepath::libbpf

// What we and the skeletons of bpftool call.
#define BYTEPATH_FORWARD(type, absent, name, parameters, arguments) \
  BYTEPATH_FORWARD_TO(bytepath::libbpf::library(), type, absent, name, parameters, arguments)

// Objects, by their skeletons
BYTEPATH_FORWARD(int, -ENOSYS, bpf_object__open_skeleton,
                 (bpf_object_skeleton * skeleton, const bpf_object_open_opts* options),
                 (skeleton, options))
BYTEPATH_FORWARD(int, -ENOSYS, bpf_object__load_skeleton, (bpf_object_skeleton * skeleton),
                 (skeleton))
BYTEPATH_FORWARD(int, -ENOSYS, bpf_object__attach_skeleton, (bpf_object_skeleton * skeleton),
                 (skeleton))
BYTEPATH_FORWARD(void, , bpf_object__detach_skeleton, (bpf_object_skeleton * skeleton), (skeleton))
BYTEPATH_FORWARD(void, , bpf_object__destroy_skeleton, (bpf_object_skeleton * skeleton), (skeleton))

// Programs
BYTEPATH_FORWARD(int, -ENOSYS, bpf_program__fd, (const bpf_program* program), (program))
BYTEPATH_FORWARD(bool, false, bpf_program__autoload, (const bpf_program* program), (program))
BYTEPATH_FORWARD(int, -ENOSYS, bpf_program__set_autoload, (bpf_program * program, bool load),
                 (program, load))
BYTEPATH_FORWARD(bpf_link*, nullptr, bpf_program__attach, (const bpf_program* program), (program))
BYTEPATH_FORWARD(bpf_link*, nullptr, bpf_program__attach_perf_event,
                 (const bpf_program* program, int event), (program, event))
BYTEPATH_FORWARD(bpf_link*, nullptr, bpf_program__attach_uprobe_opts,
                 (const bpf_program* program, pid_t process, const char* path, size_t offset,
                  const bpf_uprobe_opts* options),
                 (program, process, path, offset, options))
BYTEPATH_FORWARD(int, -ENOSYS, bpf_link__destroy, (bpf_link * link), (link))
BYTEPATH_FORWARD(int, -ENOSYS, bpf_prog_test_run_opts, (int program, bpf_test_run_opts* options),
                 (program, options))

// Maps
BYTEPATH_FORWARD(int, -ENOSYS, bpf_map__fd, (const bpf_map* map), (map))
BYTEPATH_FORWARD(__u32, 0, bpf_map__max_entries, (const bpf_map* map), (map))
BYTEPATH_FORWARD(int, -ENOSYS, bpf_map__set_max_entries, (bpf_map * map, __u32 entries),
                 (map, entries))
BYTEPATH_FORWARD(int, -ENOSYS, bpf_map__reuse_fd, (bpf_map * map, int descriptor),
                 (map, descriptor))
BYTEPATH_FORWARD(int, -ENOSYS, bpf_map__lookup_elem,
                 (const bpf_map* map, const void* key, size_t key_bytes, void* value,
                  size_t value_bytes, __u64 flags),
                 (map, key, key_bytes, value, value_bytes, flags))
BYTEPATH_FORWARD(int, -ENOSYS, bpf_map__update_elem,
                 (const bpf_map* map, const void* key, size_t key_bytes, const void* value,
                  size_t value_bytes, __u64 flags),
                 (map, key, key_bytes, value, value_bytes, flags))
BYTEPATH_FORWARD(int, -ENOSYS, bpf_map__get_next_key,
                 (const bpf_map* map, const void* key, void* next, size_t key_bytes),
                 (map, key, next, key_bytes))
BYTEPATH_FORWARD(int, -ENOSYS, bpf_map_create,
                 (bpf_map_type type, const char* name, __u32 key_bytes, __u32 value_bytes,
                  __u32 entries, const bpf_map_create_opts* options),
                 (type, name, key_bytes, value_bytes, entries, options))
BYTEPATH_FORWARD(int, -ENOSYS, bpf_map_lookup_elem, (int map, const void* key, void* value),
                 (map, key, value))
BYTEPATH_FORWARD(int, -ENOSYS, bpf_map_delete_elem, (int map, const void* key), (map, key))
BYTEPATH_FORWARD(int, -ENOSYS, bpf_map_get_next_key, (int map, const void* key, void* next),
                 (map, key, next))

// The library itself
BYTEPATH_FORWARD(libbpf_print_fn_t, nullptr, libbpf_set_print, (libbpf_print_fn_t print), (print))
BYTEPATH_FORWARD(const char*, nullptr, libbpf_version_string, (), ())
BYTEPATH_FORWARD(int, -ENOSYS, libbpf_num_possible_cpus, (), ())
BYTEPATH_FORWARD(int, -ENOSYS, libbpf_probe_bpf_helper,
                 (bpf_prog_type type, bpf_func_id helper, const void* options),
                 (type, helper, options))
