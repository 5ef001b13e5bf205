/** Asked when the hub does not know who we are: a token opens a session. */

import { useState, type FormEvent } from "react";
import { Button, FieldError, Input, Label, Text, TextField } from "react-aria-components";

import { Problem, send } from "../api/http";
import { useT, type Key } from "../i18n";

export default function Login({ onDone, said }: { onDone: () => void; said?: Key | undefined }) {
  const t = useT();
  const [token, setToken] = useState("");
  const [wrong, setWrong] = useState<string | null>(said ? t(said) : null);
  const [busy, setBusy] = useState(false);
  const enter = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await send("POST", "session", { token: token.trim() });
      onDone();
    } catch (error) {
      const refused = error instanceof Problem && error.status < 500;
      setWrong(t(refused ? "login.refused" : "login.unreachable"));
    }
    setBusy(false);
  };
  return (
    <main className="login">
      <form className="panel" onSubmit={(event) => void enter(event)}>
        <h1>{t("login.title")}</h1>
        <TextField
          value={token}
          onChange={setToken}
          isInvalid={wrong !== null}
          // The browser would refuse to send a field that is marked invalid a second time.
          validationBehavior="aria"
          type="password"
          autoComplete="current-password"
          autoFocus
        >
          <Label>{t("login.token")}</Label>
          <Input />
          <Text slot="description" className="mute">
            {t("login.hint")} <code>milepost token create --role ops</code>
          </Text>
          <FieldError>{wrong}</FieldError>
        </TextField>
        <Button className="button strong" type="submit" isDisabled={busy || token.trim() === ""}>
          {t("login.enter")}
        </Button>
      </form>
    </main>
  );
}
