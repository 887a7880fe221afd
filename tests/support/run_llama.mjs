// node run_llama.mjs MODEL PROMPT TOKENS [MS]
//
// Runs a GGUF in the real llama.cpp, on the CPU and greedily, and prints how many tokens it made, how
// many it evaluated for that, and in a second line the numbers of these. With MS it waits so many
// milliseconds between two of them, and prints the number of each before it is evaluated. Of a model
// of write_gguf "<s>" is one token, the one that begins a text.
// The package node-llama-cpp is looked for in the folder node_modules of BYTEPATH_LLAMA, or of the
// working folder:
//   npm install node-llama-cpp@3.22.1 @node-llama-cpp/linux-x64@3.22.1 --ignore-scripts --omit=optional
import path from "node:path";
import { pathToFileURL } from "node:url";

const [model_path, prompt, tokens, wait] = process.argv.slice(2);
if (tokens === undefined || !(Number(tokens) > 0)) {
  console.error("usage: node run_llama.mjs MODEL PROMPT TOKENS [MS]");
  process.exit(2);
}

const folder = path.resolve(process.env.BYTEPATH_LLAMA ?? ".");
const entry = path.join(folder, "node_modules", "node-llama-cpp", "dist", "index.js");
const { getLlama, LlamaLogLevel } = await import(pathToFileURL(entry).href);

const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: 2 });
const model = await llama.loadModel({ modelPath: model_path, gpuLayers: 0 });
const context = await model.createContext({ contextSize: 512 });
const sequence = context.getSequence();

let made = 0;
const begin = model.tokenize(prompt, true);
const evaluated = [...begin];
for await (const token of sequence.evaluate(begin, { temperature: 0 })) {
  made += 1;
  if (made >= Number(tokens)) break;
  evaluated.push(token);
  if (wait === undefined) continue;
  await new Promise((go_on) => setTimeout(go_on, Number(wait)));
  console.log(token);
}
console.log(made, evaluated.length);
if (wait === undefined) console.log(evaluated.join(" "));
await context.dispose();
await model.dispose();
await llama.dispose();
