"""bench/summary.py RESULTS README: writes the table "ours / recorded / peers measured here" into README, between its marks,
from the JSON of the studies in RESULTS. A study without results has a row that says so."""

import json
import math
import os
import sys

BEGIN, END = "<!-- summary: written by bench/summary.py -->", "<!-- end of the summary -->"
NOT_RECORDED, NOT_MEASURED, ABSENT = "not recorded", "not measured", "absent"
# Trainers of nets whose epoch is an accepted step on all rows.
STEPS_ON_ALL_ROWS = ("MINPACK lmder", "GSL lm", "Ceres LM", "torch LM", "optimistix LM", "SciPy trf", "Octave leasqr")


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


# ---- Cells ----


def number(value, unit=""):
    if value is None or not math.isfinite(value):
        return "never"
    return f"{value:.3g}{unit}"


def several(values):
    return " / ".join(number(value) for value in values)


def median(values):
    """None (never reached) counts as infinite."""
    ordered = sorted(math.inf if v is None else v for v in values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def least(rows, column, name):
    """(value, name) of the name with the least median; (None, None) without rows."""
    groups = {}
    for row in rows:
        groups.setdefault(row[name], []).append(row[column])
    best = min(((median(values), who) for who, values in groups.items()), default=(None, None))
    return best


def best_cell(rows, column, name):
    value, who = least(rows, column, name)
    return f"{number(value)} ({who})" if who else ABSENT


def peers_of(rows):
    return [row for row in rows if not row["trainer"].startswith("marq")]


# ---- Studies: each gives rows (what, ours, recorded, peers) ----


def after_epochs(curve, epochs):
    """The least error by then, and whose."""
    found = [(row["training MSE"], row["trainer"]) for row in curve
             if row["trainer"] in STEPS_ON_ALL_ROWS and row["epoch"] <= epochs and row["training MSE"] is not None]
    return min(found, default=(None, None))


def time_to(curve, error):
    """The first (seconds, trainer) at that error or less."""
    found = [(row["seconds"], row["trainer"]) for row in curve if row["training MSE"] is not None and row["training MSE"] <= error]
    return min(found, default=(None, None))


def named(pairs):
    """'a (who) / b / c (other)': a name is said once while it stays the same."""
    cells, last = [], None
    for value, who in pairs:
        cells.append(number(value) + (f" ({who})" if who and who != last else ""))
        last = who
    return " / ".join(cells)


def multimodal(results):
    runs = [row for row in results.rows("multimodal", "runs") if row["run"] == "full batch"]
    default = [row for row in results.rows("multimodal", "runs") if row["run"] == "default"]
    after = [row for row in results.rows("multimodal", "epochs") if row["run"] == "full batch"]
    peers, curve = peers_of(results.rows("peers", "trainers")), peers_of(results.rows("peers", "curves"))
    tanh = {row["tanh"]: row for row in results.rows("multimodal", "tanh")}
    if not runs or not after:
        yield ("multimodal", "not run", "", "")
        return
    yield ("multimodal: ms an epoch, all rows in a step", number(median([r["ms an epoch"] for r in runs])), "42",
           best_cell([p for p in peers if p["trainer"] in STEPS_ON_ALL_ROWS], "ms an epoch", "trainer"))
    yield ("multimodal: training MSE after 20 / 100 / 200 epochs, one start", several(after[0][n] for n in ("20", "100", "200")),
           "1.8e-5 / 4.1e-7 / 4.6e-9", named([after_epochs(curve, n) for n in (20, 100, 200)]) if curve else ABSENT)
    yield ("multimodal: s to training MSE 1e-10, default / all rows in a step",
           several(median([r["s to 1e-10"] for r in part]) for part in (default, runs)), NOT_RECORDED,
           best_cell(peers, "s to 1e-10", "trainer"))
    yield ("multimodal: s to training MSE 9.9e-12", number(median([r["s to 9.9e-12"] for r in runs])), "83.9",
           named([time_to(curve, 9.9e-12)]) if curve else ABSENT)
    parts = ("training MSE", "validation MSE", "test MSE")
    _, who = least(peers, "test MSE", "trainer")
    ends = several(median([p[k] for p in peers if p["trainer"] == who]) for k in parts) + f" ({who})" if who else ABSENT
    yield ("multimodal: training / validation / test MSE at the end", several(median([r[k] for r in runs]) for k in parts),
           "9.9e-12 / 1.0e-11 / 9.5e-12", ends)
    if "marq" in tanh:
        yield ("multimodal: % of an epoch in tanh (libm, marq's, coarse)",
               several(tanh[k]["% of it in tanh"] for k in ("libm", "marq", "coarse")), "73 / 57 / 37", NOT_MEASURED)


def threads(results):
    recorded = "3 on 8 workers"
    if not results.tables("threads"):
        yield ("threads", "not run", "", "")
    peers = [row for row in results.rows("threads", "peers") if row["threads"] > 1]
    for key in (table["key"] for table in results.tables("threads")):
        for row in results.rows("threads", key) if key.startswith("strong-") else []:
            if row["operation"].startswith("epoch") and row["threads"] > 1:
                net, rows = key[len("strong-"):].rsplit("-", 1)
                same = [p for p in peers if p["net"] == net and p["threads"] == row["threads"]]
                cell = ", ".join(f"{number(p['speed-up'])} ({p['trainer']})" for p in same)
                yield (f"threads: speed-up of an {row['operation']}, net {net}, {rows} rows, on {row['threads']} threads",
                       number(row["speed-up"]), recorded, cell or NOT_MEASURED)
    for row in results.rows("threads", "runs"):
        yield (f"threads: {row['work']}, net {row['net']}, one run on {row['threads']} threads against a run on each: share of the rate",
               number(row["share of their rate"]), NOT_RECORDED, NOT_MEASURED)


def interpolator(results):
    sizes = {(row["trainer, target"], row["rows"]): row for row in results.rows("interpolator", "sizes")}
    recorded = {1000: "9.93 s / 0.9417 / 0.0176", 10000: "31.67 s / 0.9985 / 4.5e-4"}
    if not sizes:
        yield ("interpolator", "not run", "", "")
    for rows, text in recorded.items():
        def cell(trainer, key=rows):
            row = sizes.get((f"{trainer}, recorded", key))
            return row and f"{row['seconds']:.3g} s / {1 - row['test 1-R2']:.4f} / {number(row['test MSE'])}"
        if cell("marq LM"):
            yield (f"interpolator, {rows} rows: time / test R² / test MSE", cell("marq LM"), text,
                   f"{cell('PyTorch Adam')} (PyTorch Adam)" if cell("PyTorch Adam") else ABSENT)
    python = results.rows("interpolator", "memory-peers")
    peaks = {row["what"]: number(row["MB"], " MB") for row in results.rows("interpolator", "memory")
             if row.get("moment") == "peak of training"}
    if peaks:
        yield ("interpolator, 5000 rows: peak of own allocations / of the process",
               " / ".join(peaks[what] for what in ("own allocations", "process")), "4.94 MB, Python's",
               " / ".join(number(p["MB"], " MB") for p in python) + " (PyTorch Adam; Python's own)" if python else ABSENT)


def regimes(results):
    sooner = results.rows("interpolator", "sooner")
    if sooner:
        yield ("5-D, smooth, 10 000 rows: Adam's last test error so many times sooner",
               number(median([row["times sooner"] or 0 for row in sooner])), "mark: 500", "1 (PyTorch Adam)")
        yield ("the same: after a fifth of Adam's time a test MSE so many times smaller",
               number(median([row["times smaller"] for row in sooner])), "mark: 1e5", "1 (PyTorch Adam)")
    for row in results.rows("interpolator", "regimes"):
        adam = row["Adam in PyTorch, best epoch"]
        yield (f"5-D, {row['data']}, {row['rows']} rows, {row['limit, s']:g} s: test error, median (worst seed)",
               f"{number(row['marq, median'])} ({number(row['marq, worst seed'])})", f"mark: {row['wanted']:g}",
               f"{number(adam)} (PyTorch Adam's best epoch of {number(row['Adam, s'])} s)" if adam else ABSENT)


def inference(results):
    net = "5-64-32-16-1"
    rows = results.rows("inference", f"net-{net}-threads-1")
    if not rows:
        yield ("inference", "not run", "", "")
    for batch in sorted({row["batch"] for row in rows} & {1, 64, 1024}):
        found = {row["engine"]: row["samples/s"] for row in rows if row["batch"] == batch}
        peers = [f"{number(value)} ({name})" for name, value in found.items() if not name.startswith("marq")]
        yield (f"inference, net {net}, batches of {batch}: samples a second, double / single, one thread",
               several(found.get(f"marq, {p}") for p in ("double", "single")), NOT_RECORDED, ", ".join(peers) or ABSENT)


def digits(results):
    rows = {row["trainer"]: row for row in results.rows("digits", "trainers")}
    if not rows:
        yield ("digits", "not run", "", "")
        return

    def cell(name):
        row = rows.get(name)
        return row and f"{number(row['ms an epoch'])} ms / {number(row['test accuracy, %'])} %"

    yield ("digits: an epoch / test accuracy, Adam", cell("marq Adam"), "4157 ms on MNIST, half of Keras's speed",
           f"{cell('Keras Adam')} (Keras on JAX)" if cell("Keras Adam") else ABSENT)
    yield ("digits: the same, Levenberg-Marquardt", cell("marq LM"), NOT_RECORDED,
           f"{cell('torch LM')} (torch LM)" if cell("torch LM") else ABSENT)


def operations(results):
    rows = results.rows("operations", "operations")
    if not rows:
        yield ("operations", "not run", "", "")
    peers = results.rows("operations", "peers")
    for net, count in dict.fromkeys((row["net"], row["rows"]) for row in rows):
        found = {row["operation"]: 1e-3 * row["median ns"] for row in rows if (row["net"], row["rows"], row["threads"]) == (net, count, 1)}
        if not found:
            continue
        yield (f"operations, net {net}, {count} rows, one thread: us of " + " / ".join(k for k in found if k != "Jacobian"),
               several(v for k, v in found.items() if k != "Jacobian"), NOT_RECORDED, NOT_MEASURED)
        same = [f"{number(1e-3 * p['median ns'])} ({p['engine']})" for p in peers if (p["net"], p["rows"]) == (net, count)]
        yield (f"operations, net {net}, {count} rows, one thread: us of the Jacobian", number(found.get("Jacobian")), NOT_RECORDED,
               ", ".join(same) or ABSENT)


def functions(results):
    rows = results.rows("functions", "functions")
    if not rows:
        yield ("functions", "not run", "", "")

    def cell(row):
        return f"{row['seconds']:.3g} / {number(row['error without noise'])} / {number(row['largest error'])}"

    for row in rows:
        if row["trainer"] == "LM, 1 thread":
            peers = [p for p in rows if p["function"] == row["function"] and not p["trainer"].startswith(("LM", "Adam"))]
            best = min(peers, key=lambda p: p["error without noise"], default=None)
            yield (f"functions: {row['function']}, s / test error without noise / largest error", cell(row), NOT_RECORDED,
                   f"{cell(best)} ({best['trainer']})" if best else ABSENT)


def limits(results):
    rows = results.rows("limits", "epochs")
    if not rows:
        yield ("limits", "not run", "", "")
    for net, count in dict.fromkeys((row["net"], row["rows"]) for row in rows):
        same = [row for row in rows if (row["net"], row["rows"]) == (net, count)]
        yield (f"limits: time of an epoch over dsyrk + dpotrf, net {net}, {count} rows, on {' / '.join(str(r['threads']) for r in same)} threads",
               several(r["ratio"] for r in same), NOT_RECORDED, "1 (OpenBLAS)")
    shares, roofs = results.rows("limits", "operations"), {r["threads"]: r for r in results.rows("limits", "roof")}
    for net, count in dict.fromkeys((row["net"], row["rows"]) for row in shares):
        found = {r["operation"]: r for r in shares if (r["net"], r["rows"], r["threads"]) == (net, count, 1)}
        if {"Gram", "kernel", "factor"} <= found.keys() and 1 in roofs:
            yield (f"limits: GFLOP/s of Gram / kernel / factor, net {net}, {count} rows, one thread; multiply-adds in registers: "
                   + number(roofs[1]["multiply-adds GFLOP/s"]),
                   several(found[o]["GFLOP/s"] for o in ("Gram", "kernel", "factor")), NOT_RECORDED,
                   f"{number(roofs[1]['dgemm GFLOP/s'])} (OpenBLAS's dgemm)")


def formulas(results):
    rows = results.rows("formulas", "expressions")
    if not rows:
        yield ("formulas", "not run", "", "")
    for row in rows:
        yield (f"formulas: {row['expression']}, {row['operations']} operations: ns a row, with the gradient",
               several((row["formula"], row["gradient"])), NOT_RECORDED, f"{number(row['C -O3'])} without gradient (C, -O3)")


def solver(row):
    return f"{row['solver']}, {row['settings']}"


def nist(results):
    rows, keys = results.rows("nist", "scores"), ("LRE >= 4 of 54", "LRE >= 6", "LRE >= 8")
    if not rows:
        yield ("nist", "not run", "", "")
        return

    def cell(row):
        calls = row["residual evaluations"], row["Jacobian evaluations"]
        words = "not counted" if None in calls else " / ".join(str(c) for c in calls)
        return " / ".join(str(row[k]) for k in keys) + f"; {words}"

    best = max((r for r in rows if r["solver"] != "marq"), key=lambda r: sum(r[k] for k in keys), default=None)
    yield ("nist: of 54 to 4 / 6 / 8 digits; residual / Jacobian evaluations", cell(rows[0]), NOT_RECORDED,
           f"{cell(best)} ({solver(best)})" if best else ABSENT)


def mgh(results):
    rows = results.rows("mgh", "scores")
    if not rows:
        yield ("mgh", "not run", "", "")

    def cell(row):
        return f"{row['solved']} = {row['1x']} + {row['10x']} + {row['100x']}"

    for name in dict.fromkeys(row["set"] for row in rows):
        own = [r for r in rows if r["set"] == name and r["solver"] == "marq"]
        best = max((r for r in rows if r["set"] == name and r["solver"] != "marq"), key=lambda r: r["solved"], default=None)
        for row in own:
            yield (f"mgh: of {name} {row['instances']} solved, from 1, 10 and 100 times the start", cell(row), NOT_RECORDED,
                   f"{cell(best)} ({solver(best)})" if best else ABSENT)


# ---- Where a peer is ahead: each study gives sentences ----


def behind_in_training(results):
    rows = results.rows("peers", "trainers")
    own = [row for row in rows if row["trainer"] == "marq LM"]
    for mark in ("1e-6", "1e-8", "1e-10"):
        column = f"s to {mark}"
        for who in dict.fromkeys(row["trainer"] for row in peers_of(rows)) if own else ():
            value, ours = (median([r[column] for r in part]) for part in ([r for r in rows if r["trainer"] == who], own))
            if value < ours:
                yield f"peers: {who} reaches a training MSE of {mark} in {number(value, ' s')}, marq in {number(ours, ' s')}"


def behind_in_prediction(results):
    for table in results.tables("inference"):
        if not table["key"].startswith("net-"):
            continue
        rows = results.rows("inference", table["key"])
        ours = {(row["engine"].split(", ")[1], row["batch"]): row["samples/s"] for row in rows if row["engine"].startswith("marq")}
        ahead = {}
        for row in rows:
            engine, precision = row["engine"].rsplit(", ", 1)
            ratio = row["samples/s"] / ours[precision, row["batch"]]
            if engine != "marq" and ratio > 1:
                ahead.setdefault(row["engine"], []).append((row["batch"], ratio))
        net, count = table["key"][len("net-"):].rsplit("-threads-", 1)
        for engine, found in ahead.items():
            batches, most = ", ".join(str(batch) for batch, _ in found), max(ratio for _, ratio in found)
            yield f"inference: {engine}, net {net}, threads {count}: more samples a second by batches of {batches} (up to {number(most)} times)"


def behind_in_digits(results):
    rows = {row["trainer"]: row for row in results.rows("digits", "trainers")}
    for own, peer in (("marq Adam", "Keras Adam"), ("marq LM", "torch LM"), ("marq LM", "marq Adam")):
        if not {own, peer} <= rows.keys():
            continue
        for column, sign in (("test accuracy, %", 1), ("ms an epoch", -1)):
            if sign * (rows[peer][column] - rows[own][column]) > 0:
                yield f"digits: {column}: {number(rows[peer][column])} of {peer}, {number(rows[own][column])} of {own}"


def behind_on_functions(results):
    rows = results.rows("functions", "functions")
    ours = {row["function"]: row["error without noise"] for row in rows if row["trainer"] == "LM, 1 thread"}
    for row in rows:
        if not row["trainer"].startswith("LM") and row["error without noise"] < ours[row["function"]]:
            yield (f"functions: {row['function']}: an error of {number(row['error without noise'])} by {row['trainer']}, "
                   f"{number(ours[row['function']])} by marq")


def behind_as_solver(results):
    """Problems that a peer solves and marq does not."""
    for study, is_solved in (("nist", lambda row: row["LRE of parameters"] >= 6), ("mgh", lambda row: row["solved"] == "yes")):
        rows = results.rows(study, "measurements")
        missed = [row["instance"] for row in rows if row["solver"] == "marq" and not is_solved(row)]
        for name in missed:
            found = [solver(row) for row in rows if row["solver"] != "marq" and row["instance"] == name and is_solved(row)]
            if found:
                others = f" and {len(found) - 2} more" if len(found) > 3 else ""
                yield f"{study}: {name}: not solved by marq, but by " + "; ".join(found[: 2 if others else 3]) + others


def behind_blas(results):
    for row in results.rows("limits", "epochs"):
        if row["ratio"] > 1:
            yield (f"limits: an epoch of net {row['net']}, {row['rows']} rows, threads {row['threads']}: {number(row['ratio'])} times "
                   "dsyrk + dpotrf")


def behind_compilers(results):
    slow = [row for row in results.rows("formulas", "expressions") if row["formula / -O3"] > 1]
    if slow:
        yield "formulas: slower than C, -O3: " + ", ".join(f"{row['expression']} {number(row['formula / -O3'])} times" for row in slow)


BEHIND = (behind_in_training, behind_in_prediction, behind_in_digits, behind_on_functions, behind_as_solver, behind_blas,
          behind_compilers)
PARTS = (multimodal, threads, interpolator, regimes, inference, digits, operations, functions, nist, mgh, limits, formulas)


def table(results):
    lines = ["| | marq, measured here | recorded elsewhere | best of the peers, measured here |", "|---|---|---|---|"]
    for part in PARTS:
        lines += ["| " + " | ".join(cells) + " |" for cells in part(results)]
    behind = [f"- {sentence}" for part in BEHIND for sentence in part(results)]
    if behind:
        lines += ["", "Where a peer is ahead, in the same runs:", ""] + behind
    return "\n".join(lines)


def with_table(text, results):
    """The text with the table between its marks; None without marks."""
    if BEGIN not in text or END not in text:
        return None
    head, rest = text.split(BEGIN, 1)
    return f"{head}{BEGIN}\n\n{table(results)}\n\n{END}{rest.split(END, 1)[1]}"


def main():
    folder, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        text = with_table(file.read(), Results(folder))
    if text is None:
        sys.exit(f"{path} has no marks of the summary")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
