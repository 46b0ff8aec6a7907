"""bench/summary.py RESULTS README: writes the table "ours / recorded / peers measured here" into README, between its marks,
from the JSON of the studies in RESULTS. Without a study its rows say so."""

import json
import math
import os
import sys

BEGIN, END = "<!-- summary: written by bench/summary.py -->", "<!-- end of the summary -->"


class Results:
    def __init__(self, folder):
        self.folder, self.reports = folder, {}

    def tables(self, study):
        """The tables of a study's report, none without it."""
        if study not in self.reports:
            path = os.path.join(self.folder, study, study + ".json")
            self.reports[study] = {"tables": []}
            if os.path.exists(path):
                with open(path, encoding="utf-8") as file:
                    self.reports[study] = json.load(file)
        return self.reports[study]["tables"]

    def rows(self, study, key):
        """The rows of a table as dictionaries; empty without the study or the table."""
        for table in self.tables(study):
            if table["key"] == key:
                return [dict(zip(table["columns"], row)) for row in table["rows"]]
        return []


def number(value, unit=""):
    if value is None or not math.isfinite(value):
        return "never"
    return f"{value:.3g}{unit}"


def median(values):
    """None (never reached) counts as infinite."""
    ordered = sorted(math.inf if v is None else v for v in values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def least(rows, column, name):
    """'value (who)' of the smallest value."""
    found = [(row[column], row[name]) for row in rows if row.get(column) is not None]
    return f"{number(min(found)[0])} ({min(found)[1]})" if found else "never"


def peers_of(rows):
    return [row for row in rows if not row["trainer"].startswith("marq")]


def multimodal(results):
    runs = [row for row in results.rows("multimodal", "runs") if row["run"] == "full batch"]
    default = [row for row in results.rows("multimodal", "runs") if row["run"] == "default"]
    after = [row for row in results.rows("multimodal", "epochs") if row["run"] == "full batch"]
    peers = peers_of(results.rows("peers", "trainers"))
    tanh = {row["tanh"]: row for row in results.rows("multimodal", "tanh")}
    if not runs or not after:
        return [("multimodal", "not run", "", "")]
    yield ("multimodal: ms an epoch, all rows in a step", number(median([r["ms an epoch"] for r in runs])), "42",
           least([p for p in peers if "LM" in p["trainer"] or "trf" in p["trainer"]], "ms an epoch", "trainer"))
    yield ("multimodal: training MSE after 20 / 100 / 200 epochs", " / ".join(number(after[0][n]) for n in ("20", "100", "200")),
           "1.8e-5 / 4.1e-7 / 4.6e-9", "")
    yield ("multimodal: s to training MSE 1e-10, default / all rows in a step",
           number(median([r["s to 1e-10"] for r in default])) + " / " + number(median([r["s to 1e-10"] for r in runs])), "",
           least(peers, "s to 1e-10", "trainer"))
    yield ("multimodal: s to training MSE 9.9e-12", number(median([r["s to 9.9e-12"] for r in runs])), "83.9", "")
    yield ("multimodal: training / validation / test MSE at the end",
           " / ".join(number(median([r[k] for r in runs])) for k in ("training MSE", "validation MSE", "test MSE")),
           "9.9e-12 / 1.0e-11 / 9.5e-12", least(peers, "test MSE", "trainer"))
    if "marq" in tanh:
        yield ("multimodal: % of an epoch in tanh (libm, marq's, coarse)",
               ", ".join(number(tanh[k]["% of it in tanh"]) for k in ("libm", "marq", "coarse")), "73, 57, 37", "")


def interpolator(results):
    sizes = {(row["trainer, target"], row["rows"]): row for row in results.rows("interpolator", "sizes")}
    recorded = {1000: ("9.93 s / 0.9417 / 0.0176"), 10000: ("31.67 s / 0.9985 / 4.5e-4")}
    if not sizes:
        yield ("interpolator", "not run", "", "")
    for rows, text in recorded.items():
        def cell(trainer, key=rows):
            row = sizes.get((f"{trainer}, recorded", key))
            return row and f"{row['seconds']:.3g} s / {1 - row['test 1-R2']:.4f} / {number(row['test MSE'])}"
        if cell("marq LM"):
            yield (f"interpolator, {rows} rows: time / test R² / test MSE", cell("marq LM"), text,
                   f"{cell('PyTorch Adam')} (PyTorch Adam)" if cell("PyTorch Adam") else "absent")
    for row in results.rows("interpolator", "memory"):
        if (row["phase"], row["what"]) == ("training", "own allocations, peak"):
            yield ("interpolator, 5000 rows: peak of own allocations", number(row["MB"], " MB"), "4.94 MB", "")


def regimes(results):
    sooner = results.rows("interpolator", "sooner")
    if sooner:
        yield ("5-D, smooth, 10 000 rows: Adam's last test error so many times sooner",
               number(median([-row["times sooner"] if row["times sooner"] else 0 for row in sooner]) * -1),
               "mark: 500", "1 (PyTorch Adam)")
        yield ("the same: after a fifth of Adam's time a test MSE so many times smaller",
               number(-median([-row["times smaller"] for row in sooner])), "mark: 1e5", "1 (PyTorch Adam)")
    for row in results.rows("interpolator", "regimes"):
        adam = row["Adam in PyTorch, best epoch"]
        yield (f"5-D, {row['data']}, {row['rows']} rows, {row['limit, s']:g} s: test error, median (worst seed)",
               f"{number(row['marq, median'])} ({number(row['marq, worst seed'])})", f"mark: {row['wanted']:g}",
               f"{number(adam)} (PyTorch Adam's best epoch of {number(row['Adam, s'])} s)" if adam else "absent")


def inference(results):
    rows = results.rows("inference", "net-5-64-32-16-1-threads-1")
    for batch in (1, 1024):
        found = {row["engine"]: row["samples/s"] for row in rows if row["batch"] == batch}
        ours = [number(found.get(f"marq, {p}")) for p in ("double", "single")]
        peers = [f"{number(value)} ({name})" for name, value in found.items() if not name.startswith("marq")]
        if found:
            yield (f"inference, batch {batch}: samples a second, double / single", " / ".join(ours), "", ", ".join(peers))


def digits(results):
    rows = {row["trainer"]: row for row in results.rows("digits", "trainers")}
    if not rows:
        yield ("digits", "not run", "", "")
        return
    cell = lambda name: name in rows and f"{number(rows[name]['ms an epoch'])} ms / {number(rows[name]['test accuracy, %'])} %"
    yield ("digits: an epoch / test accuracy, Adam", cell("marq Adam"), "4157 ms on MNIST, half of Keras's speed",
           cell("Keras Adam") or "absent")
    yield ("digits: the same, Levenberg-Marquardt", cell("marq LM"), "", "")


def functions(results):
    for row in results.rows("functions", "functions"):
        if row["trainer"] == "LM, 1 thread":
            yield (f"functions: {row['function']}, s / test error without noise / largest error",
                   f"{row['seconds']:.3g} / {number(row['error without noise'])} / {number(row['largest error'])}", "", "")


def threads(results):
    for key in (table["key"] for table in results.tables("threads")):
        for row in results.rows("threads", key) if key.startswith("strong-") else []:
            if row["operation"].startswith("epoch") and row["threads"] > 1:
                yield (f"threads: speed-up of an {row['operation']}, {key[7:]} rows, on {row['threads']} threads",
                       number(row["speed-up"]), "3 on 8 workers", "")


def table(results):
    lines = ["| | marq, measured here | recorded elsewhere | best of the peers, measured here |", "|---|---|---|---|"]
    for part in (multimodal, interpolator, regimes, inference, digits, functions, threads):
        lines += ["| " + " | ".join(cells) + " |" for cells in part(results)]
    return "\n".join(lines)


def main():
    folder, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if BEGIN not in text or END not in text:
        sys.exit(f"{path} has no marks of the summary")
    head, rest = text.split(BEGIN, 1)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{head}{BEGIN}\n\n{table(Results(folder))}\n\n{END}{rest.split(END, 1)[1]}")


main()
