import { expect, test } from "vitest";

import { translate } from ".";

test("the count chooses the form, where a language has forms", () => {
  expect(translate("en", "incident.alerts", { n: 1 })).toBe("1 alert");
  expect(translate("en", "incident.alerts", { n: 1200 })).toBe("1,200 alerts");
  expect(translate("zh-CN", "incident.alerts", { n: 1 })).toBe("1 条告警");
});

test("a value that is not known is said to be unknown", () => {
  expect(translate("en", "incident.raised", { base: null })).toBe("raised from Punknown");
  expect(translate("zh-CN", "failed.request", {})).toBe("请求编号 未知");
});

test("a word of ours inside a reason is translated too", () => {
  const said = translate("zh-CN", "reason.urgency_severity", { severity: "critical" });
  expect(said).toBe("级别为 灾难");
});

test("an unknown key stands for itself", () => {
  expect(translate("en", "no.such.key")).toBe("no.such.key");
});

test("what a source wrote is not read as a placeholder", () => {
  expect(translate("en", "detail.label", { what: "{n} $& $1" })).toBe("Details: {n} $& $1");
});
