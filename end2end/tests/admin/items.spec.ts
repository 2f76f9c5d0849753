import { call, data } from "../support/api";
import { expect, open, test } from "../support/app";

test.beforeAll(data);

test("the items page says where its rows come from and how fresh they are", async ({ admin }) => {
  await open(admin, "/admin/items");
  const source = admin.getByTestId("source-items");
  await expect(source).toContainText("Source: ERP (Pantheon)");
  await expect(source.getByTestId("last-sync")).toHaveText(/^Last sync \d/);
  await expect(source.getByTestId("sync-now-items")).toBeEnabled();
  await expect(admin.getByTestId("item-row").first()).toContainText("ERP (Pantheon)");
});

test("a lead sees where items come from and cannot start a sync", async ({ lead }) => {
  await open(lead, "/admin/items");
  await expect(lead.getByTestId("source-items")).toContainText("Last sync");
  await expect(lead.getByTestId("sync-now-items")).toHaveCount(0);
});

test("Sync now on the items page runs and says when it was done", async ({ admin }) => {
  test.slow();
  await open(admin, "/admin/items");
  const runs = await call<{ rows: { id: number }[] }>("ana", "sync-runs?limit=1");
  await admin.getByTestId("sync-now-items").click();
  await expect.poll(async () => {
    const newest = await call<{ rows: { id: number; entity: string; state: string }[] }>("ana", "sync-runs?limit=1");
    const run = newest.rows[0];
    return run.id > runs.rows[0].id && run.entity === "items" ? run.state : "not yet";
  }, { timeout: 60_000 }).toBe("done");
  await expect(admin.getByTestId("sync-now-items")).toBeEnabled();
});

test("items sort by a column, and the address keeps the sort and the filter", async ({ admin }) => {
  await open(admin, "/admin/items?active=yes");
  const codes = () => admin.getByTestId("item-row").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-key")!));
  await admin.getByTestId("sort-code").click();
  await expect(admin).toHaveURL(/sort=-code/);
  await expect.poll(async () => (await codes())[0] > (await codes()).at(-1)!).toBe(true);
  const first = (await codes())[0];
  await admin.reload();
  await expect(admin.getByTestId("item-row").first()).toHaveAttribute("data-key", first);
  await admin.getByTestId("tab-no").click();
  await expect(admin).toHaveURL(/active=no/);
});

test.describe.serial("stock", () => {
  test("is read from the connection and shown on the item and in the list", async ({ admin }) => {
    test.slow();
    await open(admin, "/admin/connections");
    await admin.getByTestId("connection-row").getByRole("link").first().click();
    const card = admin.getByTestId("entity-stock");
    await card.getByTestId("sync-full-stock").click();
    await expect(card.getByTestId("run-state")).toHaveText("Done", { timeout: 90_000 });
    await expect(card.getByTestId("entity-cursor")).not.toContainText("Never synchronised");
    await expect(admin.getByTestId("entity-items").getByTestId("entity-cursor")).toContainText("Newest change read");
    await open(admin, "/admin/items");
    await admin.getByTestId("item-row").first().getByRole("link").first().click();
    await expect(admin.getByTestId("stock-checked")).toHaveText(/^Checked \d/);
    await expect(admin.getByTestId("stock-row")).toHaveCount(3);
    await expect(admin.locator('[data-testid=stock-row][data-key="VELEPRODAJA"]')).toContainText("VELE_TEST");
  });

  test("of a name that means nothing yet waits in the inbox with its items", async ({ lead }) => {
    await open(lead, "/admin/mappings?kind=warehouse");
    const row = lead.locator('[data-testid=mapping-row]', { hasText: "MP 3 Bar" }).first();
    await expect(row).toBeVisible();
  });
});

test("partners are narrowed by type, and one shows its whole address", async ({ admin }) => {
  await open(admin, "/admin/partners");
  await expect(admin.getByTestId("source-partners")).toContainText("Source: ERP (Pantheon)");
  await admin.getByTestId("tab-supplier").click();
  await expect(admin).toHaveURL(/type=supplier/);
  for (const row of await admin.getByTestId("partner-row").all()) await expect(row).toContainText("Supplier");
  await admin.getByTestId("partner-row").first().getByRole("link").click();
  await expect(admin.getByRole("heading", { name: "Address and numbers" })).toBeVisible();
  await expect(admin.getByText("Street")).toBeVisible();
});

test("Sync now on the partners page runs and says when it was done", async ({ admin }) => {
  test.slow();
  await open(admin, "/admin/partners");
  const newest = async () => (await call<{ rows: { id: number; state: string }[] }>("ana", "sync-runs?entity=partners&limit=1")).rows[0];
  const before = await newest();
  await admin.getByTestId("sync-now-partners").click();
  await expect.poll(async () => {
    const run = await newest();
    return run.id > before.id ? run.state : "not yet";
  }, { timeout: 60_000 }).toBe("done");
  await expect(admin.getByTestId("source-partners").getByTestId("last-sync")).toHaveText(/^Last sync \d/);
  await expect(admin.getByTestId("sync-now-partners")).toBeEnabled();
});

test.describe.serial("the mapping inbox", () => {
  test("says how many documents wait for each name, most first", async ({ lead }) => {
    await open(lead, "/admin/mappings?kind=warehouse");
    const counts = await lead.getByTestId("mapping-row").evaluateAll((rows) =>
      rows.map((row) => Number(row.children[2].textContent!.replaceAll(",", "")) + Number(row.children[3].textContent!.replaceAll(",", ""))));
    expect(counts.length).toBeGreaterThan(1);
    expect(counts[0]).toBeGreaterThan(0);
    expect([...counts].sort((a, b) => b - a)).toEqual(counts);
  });

  type Asked = {
    id: number; external: string; documents: number; suggestion: { percent: number } | null;
    target: string | null; ignored: boolean;
  };
  const names = async (which: "all" | "waiting") => {
    const found: Asked[] = [];
    for (let after: string | null = ""; after !== null;) {
      const place: string = after ? `&after=${encodeURIComponent(after)}` : "";
      const page: { rows: Asked[]; next: string | null } =
        await call("luka", `mappings?waiting=${which === "waiting"}&kind=warehouse&limit=200${place}`);
      found.push(...page.rows);
      after = page.next;
    }
    return found;
  };
  const waiting = () => names("waiting");
  const isGuess = ({ suggestion }: Asked) => suggestion !== null && suggestion.percent < 50;

  test("an answer says how many documents become work, and can be changed later", async ({ lead }) => {
    // Guesses are looked at further below, and there may be one only.
    const named = (await waiting()).filter((row) => row.documents > 0 && !isGuess(row)).sort((a, b) => a.documents - b.documents);
    const { external, documents } = named[0];
    // The row names every answer there is to choose, so what stands is asked of the server.
    const stands = async () => {
      const row = (await names("all")).find((row) => row.external === external)!;
      return row.ignored ? "none of ours" : row.target;
    };
    await open(lead, `/admin/mappings?kind=warehouse&q=${encodeURIComponent(external)}`);
    const row = lead.locator(`[data-testid=mapping-row][data-key="${external}"]`);
    await row.getByTestId("mapping-ignore").click();
    await expect(row).toHaveCount(0);
    await expect.poll(stands).toBe("none of ours");
    await lead.getByTestId("tab-answered").click();
    await row.getByTestId("mapping-code").selectOption({ index: 1 });
    await row.getByTestId("mapping-save").click();
    const question = lead.getByTestId("confirm");
    await expect(question).toContainText(new RegExp(`\\b${documents} unfinished documents? (goes|go) to VELE_TEST:`));
    await lead.getByTestId("confirm-no").click();
    expect(await stands()).toBe("none of ours");
    await row.getByTestId("mapping-save").click();
    await lead.getByTestId("confirm-yes").click();
    await expect.poll(stands).toBe("VELE_TEST");
    await row.getByTestId("mapping-ignore").click();
    await expect(question).toContainText("no work of the floor any more");
    await lead.getByTestId("confirm-yes").click();
    await expect.poll(stands).toBe("none of ours");
    await expect(row.getByTestId("mapping-ignore")).toBeDisabled();
  });

  test("what is chosen in a row stays when the list is read again and is the same", async ({ lead }) => {
    const { external } = (await waiting())[0];
    const all = await names("all");
    const other = all.find((row) => row.ignored) ?? all.find((row) => row.target)!;
    const asBefore = other.ignored ? { answer: "ignore" } : { answer: "means", code: other.target };
    await open(lead, `/admin/mappings?kind=warehouse&q=${encodeURIComponent(external)}`);
    await expect(lead.getByTestId("link-state")).toHaveText("Live");
    const row = lead.locator(`[data-testid=mapping-row][data-key=${JSON.stringify(external)}]`);
    const code = row.getByTestId("mapping-code");
    await code.selectOption({ index: 1 });
    const chosen = await code.inputValue();
    expect(chosen).not.toBe("");
    await code.focus();
    // Whoever is read for the second time was drawn after the first.
    for (const time of ["first", "second"]) {
      const read = lead.waitForResponse((answer) => answer.url().endsWith("/api/fn/mappings/choices"));
      await call("luka", `mappings/${other.id}/answer`, asBefore);
      await read;
      await expect(code, `after the list was read again for the ${time} time`).toHaveValue(chosen);
    }
    await expect(code).toBeFocused();
    await expect(row.getByTestId("mapping-save")).toBeEnabled();
  });

  test("a suggestion that is a guess is a hint without a button, and what is alike is asked about first", async ({ lead }) => {
    const rows = await waiting();
    const shown = async ({ external }: Asked) => {
      await open(lead, `/admin/mappings?kind=warehouse&q=${encodeURIComponent(external)}`);
      return lead.locator(`[data-testid=mapping-row][data-key=${JSON.stringify(external)}]`);
    };
    const guess = rows.find(isGuess);
    expect(guess, "a waiting name that is only a little like a warehouse").toBeDefined();
    const guessed = await shown(guess!);
    await expect(guessed).toContainText(`${guess!.suggestion!.percent} % alike`);
    await expect(guessed.getByTestId("mapping-accept")).toHaveCount(0);
    const alike = rows.find(({ documents, suggestion }) => documents > 0 && suggestion && suggestion.percent >= 50);
    if (alike) {
      await (await shown(alike)).getByTestId("mapping-accept").click();
      await expect(lead.getByTestId("confirm")).toContainText("become work at");
      await lead.getByTestId("confirm-no").click();
    }
  });

  test("accepting suggestions says first what it will free", async ({ lead }) => {
    await open(lead, "/admin/mappings?alike=50");
    const bar = lead.getByTestId("accept-bar");
    await expect(bar).toContainText(/Frees documents: [\d,]+, items: [\d,]+\.|No waiting value is that alike\./);
    if (await bar.getByTestId("accept-all").isVisible()) {
      await bar.getByTestId("accept-all").click();
      await expect(lead.getByTestId("confirm")).toContainText("Frees");
      await lead.getByTestId("confirm-no").click();
    }
  });

  test("an answer that is taken back waits again", async ({ lead }) => {
    const { external } = (await names("all")).find((row) => row.ignored)!;
    const found = `kind=warehouse&q=${encodeURIComponent(external)}`;
    await open(lead, `/admin/mappings?show=answered&${found}`);
    const row = lead.locator(`[data-testid=mapping-row][data-key=${JSON.stringify(external)}]`);
    await row.getByTestId("mapping-again").click();
    await expect(row.getByTestId("mapping-again")).toHaveCount(0);
    await open(lead, `/admin/mappings?${found}`);
    await expect(row).toBeVisible();
  });
});
