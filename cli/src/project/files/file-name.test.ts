import { expect, test } from "vitest";
import { parseFileName } from "./file-name.ts";

test.each([
  { file: "hello.js", name: "hello", runtime: "nodejs:default", binary: false, zipped: false },
  { file: "hello.ts", name: "hello", runtime: "nodejs:default", binary: false, zipped: false },
  { file: "hello.py", name: "hello", runtime: "python:default", binary: false, zipped: false },
  { file: "hello.php", name: "hello", runtime: "php:default", binary: false, zipped: false },
  { file: "hello.go", name: "hello", runtime: "go:default", binary: false, zipped: false },
  { file: "hello.min.js", name: "hello.min", runtime: "nodejs:default", binary: false, zipped: false },
  { file: "tool.zip", name: "tool", runtime: null, binary: true, zipped: true },
  { file: "tool.nodejs-18.zip", name: "tool", runtime: "nodejs:18", binary: true, zipped: true },
  { file: "tool.nodejs.zip", name: "tool", runtime: "nodejs:default", binary: true, zipped: true },
  { file: "tool.python-3.11.zip", name: "tool", runtime: "python:3.11", binary: true, zipped: true },
  { file: "a.b.python-3.11.zip", name: "a.b", runtime: "python:3.11", binary: true, zipped: true },
  { file: "tool.v2.zip", name: "tool.v2", runtime: null, binary: true, zipped: true },
  { file: "prebuilt", name: "prebuilt", runtime: null, binary: true, zipped: false },
  { file: "notes.txt", name: "notes", runtime: null, binary: false, zipped: false },
])("$file is $name in $runtime", ({ file, ...parts }) => {
  expect(parseFileName(file)).toEqual(parts);
});
