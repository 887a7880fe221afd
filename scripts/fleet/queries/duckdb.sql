-- A fleet's documents in DuckDB, 1.1 or newer. They are read where they are, as NDJSON or as JSON:
--
--   duckdb -cmd "SET VARIABLE documents = 'collected/**/*.ndjson'" -f duckdb.sql
--
-- The columns are given, because they are the same for every probe (bytepath-result(5)); what each
-- probe calls in its own way (parameters, evidence, labels) is JSON or a map.
CREATE OR REPLACE VIEW documents AS
SELECT *
FROM read_json(
  getvariable('documents'),
  filename = true,
  maximum_object_size = 67108864,
  columns = {
    tool: 'STRUCT(name VARCHAR, version VARCHAR)',
    started: 'TIMESTAMPTZ',
    complete: 'BOOLEAN',
    host: 'STRUCT(cpu STRUCT(vendor VARCHAR, family UBIGINT, model UBIGINT, stepping UBIGINT, brand VARCHAR,
                  microarchitecture VARCHAR, microcode VARCHAR), kernel VARCHAR, libc VARCHAR,
                  hypervisor VARCHAR, machine_hash VARCHAR, software_hash VARCHAR)',
    parameters: 'JSON',
    verdict: 'STRUCT(state VARCHAR, text VARCHAR)',
    metrics: 'STRUCT(name VARCHAR, labels MAP(VARCHAR, VARCHAR), unit VARCHAR, better VARCHAR,
                     median DOUBLE, low DOUBLE, high DOUBLE, count UBIGINT)[]',
    findings: 'STRUCT(id VARCHAR, severity VARCHAR, text VARCHAR, evidence JSON)[]'
  });

-- A row for each number of each host.
CREATE OR REPLACE VIEW metrics AS
SELECT filename, tool.name AS tool, host.cpu.brand AS cpu, host.cpu.microcode AS microcode, host.kernel AS kernel,
       host.libc AS libc, unnest(metrics, recursive := true)
FROM documents;

-- A row for each finding of each host.
CREATE OR REPLACE VIEW findings AS
SELECT filename, tool.name AS tool, host.cpu.brand AS cpu, host.cpu.microcode AS microcode, host.kernel AS kernel,
       host.libc AS libc, unnest(findings, recursive := true)
FROM documents;

-- Which hosts are affected, by what could be the reason.
SELECT tool.name AS tool, host.cpu.brand AS cpu, host.cpu.microcode AS microcode, host.kernel AS kernel,
       host.libc AS libc, verdict.state AS state, count(*) AS hosts
FROM documents
GROUP BY ALL
ORDER BY hosts DESC, tool, cpu, microcode, kernel, libc, state;

-- Which findings there are, and on how many hosts.
SELECT id, severity, count(DISTINCT filename) AS hosts, any_value(text) AS example
FROM findings
GROUP BY id, severity
ORDER BY hosts DESC, id;

-- The latency of each tier against the median of the hosts with the same CPU; the slowest first.
-- probe-compare fleet tells which of them are beyond chance.
WITH latency AS (
  SELECT filename, cpu, labels['tier'] AS tier, median,
         median(median) OVER (PARTITION BY cpu, labels['tier']) AS usual
  FROM metrics
  WHERE name = 'tier_latency'
)
SELECT filename, cpu, tier, median AS latency_ns, usual AS usual_ns, median / usual AS ratio
FROM latency
ORDER BY ratio DESC
LIMIT 20;
