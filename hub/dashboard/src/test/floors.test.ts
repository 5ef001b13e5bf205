/** Rules of the house that a reader would check by eye: who may import what, where colours stand. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const SRC = join(import.meta.dirname, "..");

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(tsx?|css)$/.test(name) && !/test|api\.gen/.test(name))
  .map((name) => ({ name: name.replaceAll("\\", "/"), text: readFileSync(join(SRC, name), "utf8") }));

const breaking = (folder: string, rule: RegExp) =>
  files.filter(({ name, text }) => name.startsWith(folder) && rule.test(text)).map(({ name }) => name);

test("pages never fetch: they ask through api/", () => {
  expect(breaking("pages/", /\bfetch\(|new EventSource/)).toEqual([]);
});

test("ui/ knows no domain: neither api, nor pages, nor lib, nor words", () => {
  expect(breaking("ui/", /from "\.\.\/(api|pages|lib|i18n)/)).toEqual([]);
});

test("what is computed in lib/ draws nothing and asks nothing", () => {
  expect(breaking("lib/", /\bfetch\(|from "\.\.\/pages/)).toEqual([]);
});

test("colours stand in tokens.css alone", () => {
  const elsewhere = files.filter(({ name }) => name !== "ui/tokens.css");
  const coloured = elsewhere.filter(({ text }) => /#[0-9a-f]{3,8}\b(?=[;"')\s])/i.test(text));
  expect(coloured.map(({ name }) => name)).toEqual([]);
});

test("no words are written into a page: they come from the catalogue", () => {
  const literal = />\s*[A-Z][a-z]+ [a-z]+[^<{]*</;
  expect(breaking("pages/", literal)).toEqual([]);
});
