/** What jsdom lacks, and the words of both languages before any test. */

import { cleanup } from "@testing-library/react";
import { afterEach, beforeAll } from "vitest";

import { load, LOCALES } from "../i18n";
import "../i18n/alerts";
import "../i18n/connectors";
import "../i18n/details";

beforeAll(() => Promise.all(LOCALES.map(load)));
afterEach(cleanup);
