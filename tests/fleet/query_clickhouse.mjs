// query_clickhouse.mjs PACKAGE SCRIPT DOCUMENTS: runs a file of SQL statements over documents and prints the rows of
// each SELECT as one line of JSON.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

const [folder, script, documents] = process.argv.slice(2);
const { Session } = createRequire(`${folder}/package.json`)("chdb");
const place = mkdtempSync(path.join(tmpdir(), "clickhouse-"));
const session = new Session(place);
// The engine of a file reads many where a name has a star; the folder is that of the caller.
const text = readFileSync(script, "utf8").replace(/^--.*$/gm, "").replace("'documents.ndjson'", `'${documents}'`);
for (const statement of text.split(";").map((each) => each.trim()).filter((each) => each !== "")) {
  const answer = session.query(statement, "JSONEachRow");
  if (statement.startsWith("SELECT")) console.log(`[${answer.trim().split("\n").join(",")}]`);
}
session.cleanup();
rmSync(place, { recursive: true, force: true });
