#include "chunks/worker_source.h"

#include <algorithm>

#include "base/atomic_file.h"
#include "simulation/lower_caches.h"
#include "simulation/object_numbers.h"

namespace bytepath::chunks {
namespace {

using simulation::OracleRecord;

// UINT32_MAX is for "never".
constexpr std::uint64_t most_with_future = UINT32_MAX - 1;

std::int64_t next_of(std::uint32_t next) {
  return next == UINT32_MAX ? -1 : static_cast<std::int64_t>(next);
}

std::vector<std::uint32_t> next_uses(WorkerTrace& worker) {
  std::vector<std::uint32_t> objects;
  objects.reserve(worker.requests());
  simulation::ObjectNumbers numbers;
  worker.rewind();
  for (auto piece = worker.next(); !piece.empty(); piece = worker.next()) {
    for (const auto& record : piece) objects.push_back(numbers.number_of(record.object));
  }
  simulation::objects_to_next_uses(objects);
  return objects;
}

}  // namespace

std::vector<CachedChunk> first_touches(const GridParts& parts) {
  std::vector<CachedChunk> chunks;
  for (const Part& part : parts.parts()) {
    chunks.push_back(
        {.name = part.name,
         .bytes = static_cast<std::uint32_t>(std::min<std::uint64_t>(part.bytes, UINT32_MAX))});
  }
  return chunks;
}

RequestSource source_of_starts(std::span<const GridParts> starts) {
  auto records = std::make_shared<std::vector<OracleRecord>>();
  std::vector<std::uint32_t> objects;
  simulation::ObjectNumbers numbers;
  std::uint32_t number = 0;
  for (const GridParts& parts : starts) {
    const auto chunks = first_touches(parts);
    for (std::size_t read = 0; read < parts.reads(); ++read) {
      for (const std::uint32_t part : parts.parts_of(read)) {
        records->push_back(
            {.seconds = number, .object = chunks[part].name, .bytes = chunks[part].bytes});
        objects.push_back(numbers.number_of(chunks[part].name));
      }
    }
    ++number;
  }
  simulation::objects_to_next_uses(objects);
  for (std::size_t i = 0; i < objects.size(); ++i) (*records)[i].next = next_of(objects[i]);
  return {.requests = records->size(), .open = [records]() -> Result<RequestSource::Next> {
            return [records, done = false]() mutable -> Result<std::span<const OracleRecord>> {
              if (std::exchange(done, true)) return std::span<const OracleRecord>();
              return std::span<const OracleRecord>(*records);
            };
          }};
}

Result<RequestSource> source_of_worker(const std::shared_ptr<WorkerTrace>& worker, bool future) {
  const std::uint64_t requests = worker->requests();
  auto next = std::make_shared<std::vector<std::uint32_t>>();
  if (future) {
    if (requests > most_with_future) {
      return fail(ErrorKind::usage,
                  fmt::format("{} requests are too many for belady and --write", requests),
                  "give fewer --starts, or --policies without belady");
    }
    *next = next_uses(*worker);
  }
  return RequestSource{
      .requests = requests, .open = [worker, next]() -> Result<RequestSource::Next> {
        worker->rewind();
        return [worker, next, at = std::size_t{0}, piece = std::vector<OracleRecord>()]() mutable
                   -> Result<std::span<const OracleRecord>> {
          const auto made = worker->next();
          if (next->empty()) return made;
          piece.assign(made.begin(), made.end());
          for (auto& record : piece) record.next = next_of((*next)[at++]);
          return std::span<const OracleRecord>(piece);
        };
      }};
}

Result<bool> write_source(const RequestSource& source, const std::string& path,
                          const Progress& progress) {
  BYTEPATH_TRY(file, AtomicFile::create(path));
  BYTEPATH_TRY(next, source.open());
  std::uint64_t done = 0;
  for (;;) {
    BYTEPATH_TRY(records, next());
    if (records.empty()) break;
    std::string bytes;
    for (const auto& record : records) simulation::append_oracle_record(record, bytes);
    if (auto written = file.write(bytes); !written) return std::unexpected(written.error());
    done += records.size();
    if (!progress(done, source.requests, "writing the trace")) return false;
  }
  if (auto committed = file.commit(); !committed) return std::unexpected(committed.error());
  return true;
}

}  // namespace bytepath::chunks
