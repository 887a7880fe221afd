-- A fleet's documents in ClickHouse, 23.8 or newer. They are read where they are, as NDJSON:
--
--   cat collected/*.ndjson > documents.ndjson
--   clickhouse local --multiquery --queries-file clickhouse.sql
--
-- In a server, INSERT INTO a table of these columns FORMAT JSONEachRow. What each probe calls in its
-- own way (parameters, evidence) is the JSON as text: see JSONExtract.
SET input_format_skip_unknown_fields = 1;
SET input_format_json_ignore_unknown_keys_in_named_tuple = 1;
SET input_format_json_read_objects_as_strings = 1;

CREATE TABLE documents (
  tool Tuple(name String, version String),
  started String,
  complete Bool,
  host Tuple(
    cpu Tuple(vendor String, family UInt64, model UInt64, stepping UInt64, brand String,
              microarchitecture String, microcode String),
    kernel String, libc String, hypervisor String, machine_hash String, software_hash String),
  parameters String,
  verdict Tuple(state String, text String),
  metrics Array(Tuple(name String, labels Map(String, String), unit String, better String,
                      median Nullable(Float64), low Nullable(Float64), high Nullable(Float64), count UInt64)),
  findings Array(Tuple(id String, severity String, text String, evidence String))
) ENGINE = File(JSONEachRow, 'documents.ndjson');

-- Which hosts are affected, by what could be the reason.
SELECT tool.name AS probe, host.cpu.brand AS cpu, host.cpu.microcode AS microcode, host.kernel AS kernel,
       host.libc AS libc, verdict.state AS state, count() AS hosts
FROM documents
GROUP BY probe, cpu, microcode, kernel, libc, state
ORDER BY hosts DESC, probe, cpu, microcode, kernel, libc, state;

-- Which findings there are, and on how many hosts.
SELECT finding.id AS id, finding.severity AS severity, count() AS hosts, any(finding.text) AS example
FROM documents ARRAY JOIN findings AS finding
GROUP BY id, severity
ORDER BY hosts DESC, id;

-- The latency of each tier against the median of the hosts with the same CPU; the slowest first.
SELECT cpu, tier, latency_ns, usual_ns, latency_ns / usual_ns AS ratio
FROM (
  SELECT host.cpu.brand AS cpu, metric.labels['tier'] AS tier, assumeNotNull(metric.median) AS latency_ns,
         quantileExact(0.5)(latency_ns) OVER (PARTITION BY cpu, tier) AS usual_ns
  FROM documents ARRAY JOIN metrics AS metric
  WHERE metric.name = 'tier_latency' AND metric.median IS NOT NULL
)
ORDER BY ratio DESC
LIMIT 20;
