-- A fleet's documents in Spark SQL, 3.3 or newer. They are read where they are, as NDJSON:
--
--   spark-sql -d documents=collected -f spark.sql
--
-- The columns are given, because they are the same for every probe (bytepath-result(5)). What each
-- probe calls in its own way (parameters, evidence) is the JSON as text: see get_json_object.
CREATE OR REPLACE TEMPORARY VIEW documents (
  tool STRUCT<name: STRING, version: STRING>,
  started TIMESTAMP,
  complete BOOLEAN,
  host STRUCT<
    cpu: STRUCT<vendor: STRING, family: BIGINT, model: BIGINT, stepping: BIGINT, brand: STRING,
                microarchitecture: STRING, microcode: STRING>,
    kernel: STRING, libc: STRING, hypervisor: STRING, machine_hash: STRING, software_hash: STRING>,
  parameters STRING,
  verdict STRUCT<state: STRING, text: STRING>,
  metrics ARRAY<STRUCT<name: STRING, labels: MAP<STRING, STRING>, unit: STRING, better: STRING,
                       median: DOUBLE, low: DOUBLE, high: DOUBLE, count: BIGINT>>,
  findings ARRAY<STRUCT<id: STRING, severity: STRING, text: STRING, evidence: STRING>>
) USING json OPTIONS (path '${documents}', pathGlobFilter '*.ndjson', recursiveFileLookup 'true');

-- Which hosts are affected, by what could be the reason.
SELECT tool.name AS probe, host.cpu.brand AS cpu, host.cpu.microcode AS microcode, host.kernel AS kernel,
       host.libc AS libc, verdict.state AS state, count(*) AS hosts
FROM documents
GROUP BY tool.name, host.cpu.brand, host.cpu.microcode, host.kernel, host.libc, verdict.state
ORDER BY hosts DESC, probe, cpu, microcode, kernel, libc, state;

-- Which findings there are, and on how many hosts.
SELECT finding.id, finding.severity, count(*) AS hosts, first(finding.text) AS example
FROM documents LATERAL VIEW explode(findings) each AS finding
GROUP BY finding.id, finding.severity
ORDER BY hosts DESC, id;

-- The latency of each tier against the median of the hosts with the same CPU; the slowest first.
WITH latency AS (
  SELECT host.cpu.brand AS cpu, metric.labels['tier'] AS tier, metric.median AS latency_ns
  FROM documents LATERAL VIEW explode(metrics) each AS metric
  WHERE metric.name = 'tier_latency'
),
usual AS (
  SELECT cpu, tier, percentile(latency_ns, 0.5) AS usual_ns FROM latency GROUP BY cpu, tier
)
SELECT latency.cpu, latency.tier, latency_ns, usual_ns, latency_ns / usual_ns AS ratio
FROM latency JOIN usual ON latency.cpu = usual.cpu AND latency.tier = usual.tier
ORDER BY ratio DESC
LIMIT 20;
