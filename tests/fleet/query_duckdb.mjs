// query_duckdb.mjs PACKAGE SCRIPT DOCUMENTS: runs a file of SQL statements over documents and prints the rows of
// each SELECT as one line of JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [folder, script, documents] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(`${folder}/package.json`)("@duckdb/node-api");
const connection = await (await DuckDBInstance.create(":memory:")).connect();
await connection.run(`SET VARIABLE documents = '${documents.replaceAll("'", "''")}'`);
const statements = await connection.extractStatements(readFileSync(script, "utf8"));
for (let i = 0; i < statements.count; ++i) {
  const reader = await (await statements.prepare(i)).runAndReadAll();
  if (reader.columnNames().length > 1) console.log(JSON.stringify(reader.getRowObjectsJson()));
}
