#include "mounts/trace_text.h"

#include <nlohmann/json.hpp>

namespace bytepath::mounts {
namespace {

using Json = nlohmann::json;

// Paths are bytes: what is no UTF-8 is replaced in the file.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Absent or of another type: `value` stays.
template <class T>
void read_number(const Json& object, const char* name, T& value) {
  const auto at = object.find(name);
  if (at == object.end() || !at->is_number_unsigned()) return;
  const auto number = at->get<std::uint64_t>();
  if (number <= std::numeric_limits<T>::max()) value = static_cast<T>(number);
}

void read_string(const Json& object, const char* name, std::string& value) {
  const auto at = object.find(name);
  if (at != object.end() && at->is_string()) value = at->get<std::string>();
}

void read_strings(const Json& object, const char* name, std::vector<std::string>& values) {
  const auto at = object.find(name);
  if (at == object.end() || !at->is_array()) return;
  for (const auto& each : *at) {
    if (each.is_string()) values.push_back(each.get<std::string>());
  }
}

template <class Read>
void read_objects(const Json& object, const char* name, const Read& read) {
  const auto at = object.find(name);
  if (at == object.end() || !at->is_array()) return;
  for (const auto& each : *at) {
    if (each.is_object()) read(each);
  }
}

Json mount_json(const Mount& mount) {
  return {{"device", mount.device},
          {"depth", mount.depth},
          {"path", mount.path},
          {"type", mount.type},
          {"source", mount.source},
          {"bytes", mount.bytes},
          {"readahead_bytes", mount.readahead_bytes}};
}

Mount mount_of(const Json& json) {
  Mount mount;
  read_number(json, "device", mount.device);
  read_number(json, "depth", mount.depth);
  read_string(json, "path", mount.path);
  read_string(json, "type", mount.type);
  read_string(json, "source", mount.source);
  read_number(json, "bytes", mount.bytes);
  read_number(json, "readahead_bytes", mount.readahead_bytes);
  return mount;
}

Json missing_json(const std::vector<Missing>& missing) {
  auto list = Json::array();
  for (const auto& each : missing) {
    list.push_back({{"what", each.what}, {"reason", each.reason}, {"remedy", each.remedy}});
  }
  return list;
}

Json file_json(const File& file) {
  return {{"device", file.id.device},
          {"inode", file.id.inode},
          {"node", file.node},
          {"bytes", file.bytes},
          {"path", file.path}};
}

File file_of(const Json& json) {
  File file;
  read_number(json, "device", file.id.device);
  read_number(json, "inode", file.id.inode);
  read_number(json, "node", file.node);
  read_number(json, "bytes", file.bytes);
  read_string(json, "path", file.path);
  return file;
}

Json http_json(const HttpRequest& request) {
  Json json{{"time_ns", request.time_ns},
            {"socket", request.socket},
            {"thread", request.thread},
            {"method", request.method},
            {"path", request.path}};
  if (request.first) json["first"] = *request.first;
  if (request.last) json["last"] = *request.last;
  return json;
}

void read_optional(const Json& json, const char* name, std::optional<std::uint64_t>& value) {
  const auto at = json.find(name);
  if (at != json.end() && at->is_number_unsigned()) value = at->get<std::uint64_t>();
}

HttpRequest http_of(const Json& json) {
  HttpRequest request;
  read_number(json, "time_ns", request.time_ns);
  read_number(json, "socket", request.socket);
  read_number(json, "thread", request.thread);
  read_string(json, "method", request.method);
  read_string(json, "path", request.path);
  read_optional(json, "first", request.first);
  read_optional(json, "last", request.last);
  return request;
}

void read_header(const Json& json, MountTrace& trace) {
  read_string(json, "version", trace.version);
  read_string(json, "started", trace.started);
  read_number(json, "begin_ns", trace.begin_ns);
  read_strings(json, "levels", trace.levels);
  read_strings(json, "command", trace.command);
  read_objects(json, "mounts", [&](const Json& each) { trace.mounts.push_back(mount_of(each)); });
}

void read_names(const Json& json, MountTrace& trace) {
  read_objects(json, "files", [&](const Json& each) { trace.files.push_back(file_of(each)); });
  read_objects(json, "http", [&](const Json& each) { trace.http.push_back(http_of(each)); });
  read_objects(json, "peers", [&](const Json& each) {
    Peer peer;
    read_string(each, "family", peer.family);
    read_string(each, "address", peer.address);
    read_number(each, "port", peer.port);
    trace.peers.push_back(std::move(peer));
  });
  read_objects(json, "processes", [&](const Json& each) {
    Process process;
    read_number(each, "number", process.number);
    read_string(each, "name", process.name);
    const auto daemon = each.find("is_daemon");
    process.is_daemon = daemon != each.end() && daemon->is_boolean() && daemon->get<bool>();
    trace.processes.push_back(std::move(process));
  });
}

void read_end(const Json& json, MountTrace& trace) {
  read_number(json, "begin_ns", trace.begin_ns);
  read_number(json, "end_ns", trace.end_ns);
  const auto cpu = json.find("cpu_ns");
  if (cpu != json.end() && cpu->is_number()) trace.cpu_ns = cpu->get<double>();
  const auto status = json.find("exit_code");
  if (status != json.end() && status->is_number_integer()) trace.exit_code = status->get<int>();
  read_objects(json, "missing", [&](const Json& each) {
    Missing missing;
    read_string(each, "what", missing.what);
    read_string(each, "reason", missing.reason);
    read_string(each, "remedy", missing.remedy);
    trace.missing.push_back(std::move(missing));
  });
  const auto lost = json.find("lost");
  if (lost == json.end() || !lost->is_object()) return;
  Losses& losses = trace.losses;
  read_number(*lost, "requests", losses.requests);
  read_number(*lost, "accesses", losses.accesses);
  read_number(*lost, "stalls", losses.stalls);
  read_number(*lost, "transfers", losses.transfers);
  read_number(*lost, "files", losses.files);
  read_number(*lost, "heat", losses.heat);
  read_number(*lost, "unmatched", losses.unmatched);
}

}  // namespace

std::string header_text(const MountTrace& trace) {
  auto mounts = Json::array();
  for (const auto& mount : trace.mounts) mounts.push_back(mount_json(mount));
  return dump({{"block", "header"},
               {"version", trace.version},
               {"started", trace.started},
               {"begin_ns", trace.begin_ns},
               {"levels", trace.levels},
               {"command", trace.command},
               {"mounts", std::move(mounts)}});
}

std::string names_text(const MountTrace& trace) {
  if (trace.files.empty() && trace.http.empty() && trace.peers.empty() && trace.processes.empty())
    return {};
  Json json{{"block", "names"},
            {"files", Json::array()},
            {"http", Json::array()},
            {"peers", Json::array()},
            {"processes", Json::array()}};
  for (const auto& file : trace.files) json["files"].push_back(file_json(file));
  for (const auto& request : trace.http) json["http"].push_back(http_json(request));
  for (const auto& peer : trace.peers) {
    json["peers"].push_back(
        {{"family", peer.family}, {"address", peer.address}, {"port", peer.port}});
  }
  for (const auto& process : trace.processes) {
    json["processes"].push_back(
        {{"number", process.number}, {"name", process.name}, {"is_daemon", process.is_daemon}});
  }
  return dump(json);
}

std::string end_text(const MountTrace& trace) {
  const Losses& losses = trace.losses;
  Json json{{"block", "end"},
            {"begin_ns", trace.begin_ns},  // of the command, which the header did not know
            {"end_ns", trace.end_ns},
            {"cpu_ns", trace.cpu_ns},
            {"missing", missing_json(trace.missing)},
            {"lost",
             {{"requests", losses.requests},
              {"accesses", losses.accesses},
              {"stalls", losses.stalls},
              {"transfers", losses.transfers},
              {"files", losses.files},
              {"heat", losses.heat},
              {"unmatched", losses.unmatched}}}};
  if (trace.exit_code) json["exit_code"] = *trace.exit_code;
  return dump(json);
}

bool read_text(std::string_view text, MountTrace& trace) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return false;
  std::string block;
  read_string(json, "block", block);
  if (block == "header") {
    read_header(json, trace);
  } else if (block == "names") {
    read_names(json, trace);
  } else if (block == "end") {
    read_end(json, trace);
    trace.whole = true;
  } else {
    return false;
  }
  return true;
}

}  // namespace bytepath::mounts
