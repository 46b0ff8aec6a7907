"""bench/summary.py: the table "ours / recorded / peers" from the JSON of studies, and that bench/README.md's is up to date.
test_bench_summary.py BENCH: the folder bench/ of the sources."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

BENCH = os.path.abspath(sys.argv.pop(1))
SCRIPT, MARKS = os.path.join(BENCH, "summary.py"), ("<!-- summary: written by bench/summary.py -->", "<!-- end of the summary -->")
STUDIES = ("multimodal", "threads", "interpolator", "inference", "digits", "operations", "functions", "nist", "mgh", "limits", "formulas")


def summary(folder, text):
    """What the script makes of a README with that text."""
    path = os.path.join(folder, "README.md")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    done = subprocess.run([sys.executable, SCRIPT, os.path.join(folder, "results"), path], capture_output=True, text=True, check=False)
    with open(path, encoding="utf-8") as file:
        return done, file.read()


def table(key, columns, *rows):
    return {"key": key, "title": key, "columns": columns.split("|"), "rows": rows}


class Summary(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)

    def write(self, study, *tables):
        folder = os.path.join(self.temporary.name, "results", study)
        os.makedirs(folder)
        with open(os.path.join(folder, study + ".json"), "w", encoding="utf-8") as file:
            json.dump({"study": study, "tables": tables}, file)

    def lines(self):
        """The rows of the table: lists of cells, without the heading."""
        done, text = summary(self.temporary.name, "before\n{}\nold\n{}\nafter\n".format(*MARKS))
        self.assertEqual(done.returncode, 0, done.stderr)
        head, rest = text.split(MARKS[0])
        inside, tail = rest.split(MARKS[1])
        self.assertEqual((head, tail), ("before\n", "\nafter\n"))
        rows = [line for line in inside.split("\n") if line.startswith("|")]
        self.assertEqual(rows[:2], ["| | marq, measured here | recorded elsewhere | best of the peers, measured here |", "|---|---|---|---|"])
        return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]

    def row(self, start):
        found = [row for row in self.lines() if row[0].startswith(start)]
        self.assertEqual(len(found), 1, f"rows that start with {start!r}: {found}")
        return found[0][1:]

    def test_studies_that_were_not_run_say_so(self):
        self.assertEqual(self.lines(), [[study, "not run", "", ""] for study in STUDIES])

    def test_a_text_without_marks_is_left_alone(self):
        done, text = summary(self.temporary.name, "no marks\n")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("README.md has no marks", done.stderr)
        self.assertEqual(text, "no marks\n")

    def write_multimodal(self):
        runs = "run|seed|ms an epoch|s to 1e-10|s to 9.9e-12|training MSE|validation MSE|test MSE"
        self.write("multimodal", table("runs", runs, ["full batch", 1, 10.0, 0.1, 0.2, 1e-12, 2e-12, 3e-12],
                                       ["full batch", 2, 12.0, None, None, 1e-12, 2e-12, 3e-12],
                                       ["full batch", 3, 20.0, 0.3, 0.4, 1e-12, 2e-12, 3e-12],
                                       ["default", 1, 5.0, 0.01, 0.02, 1e-12, 2e-12, 3e-12]),
                   table("epochs", "run|20|100|200", ["full batch", 1e-9, 1e-12, None]))

    def test_medians_count_a_mark_that_was_not_reached_as_the_worst(self):
        self.write_multimodal()
        self.assertEqual(self.row("multimodal: ms an epoch"), ["12", "42", "absent"])
        self.assertEqual(self.row("multimodal: s to training MSE 1e-10"), ["0.01 / 0.3", "not recorded", "absent"])
        self.assertEqual(self.row("multimodal: training MSE after")[0], "1e-09 / 1e-12 / never")

    def test_the_best_peer_is_named(self):
        self.write_multimodal()
        columns = "trainer|seed|ms an epoch|s to 1e-6|s to 1e-8|s to 1e-10|training MSE|validation MSE|test MSE"
        self.write("peers", table("trainers", columns, ["marq LM", 1, 1.0, 0.01, 0.01, 0.01, 1e-13, 1e-13, 1e-13],
                                  ["torch LM", 1, 60.0, 0.1, 0.2, 0.5, 1e-11, 2e-11, 3e-11],
                                  ["torch LM", 2, 70.0, 0.1, 0.2, 0.7, 1e-11, 2e-11, 3e-11],
                                  ["GSL lm", 1, 50.0, 1.0, 2.0, 3.0, 1e-12, 1e-12, 1e-12],
                                  ["PyTorch Adam", 1, 2.0, 0.005, None, None, 1e-6, 1e-6, 1e-6]),
                   table("curves", "trainer|epoch|seconds|training MSE", ["marq LM", 1, 0.1, 1e-13], ["torch LM", 18, 1.0, 1e-10],
                         ["GSL lm", 19, 1.0, 1e-8], ["GSL lm", 90, 4.0, 5e-12], ["GSL lm", 201, 9.0, 1e-13],
                         ["PyTorch Adam", 10, 0.1, 1e-12]))
        # Adam's epochs are passes over the data: only steps on all rows compare by epochs
        self.assertEqual(self.row("multimodal: ms an epoch")[2], "50 (GSL lm)")
        self.assertEqual(self.row("multimodal: training MSE after")[2], "1e-10 (torch LM) / 5e-12 (GSL lm) / 5e-12")
        self.assertEqual(self.row("multimodal: s to training MSE 1e-10")[2], "0.6 (torch LM)")
        self.assertEqual(self.row("multimodal: s to training MSE 9.9e-12")[2], "0.1 (PyTorch Adam)")
        self.assertEqual(self.row("multimodal: training / validation")[2], "1e-12 / 1e-12 / 1e-12 (GSL lm)")
        self.assertEqual(self.behind(), ["peers: PyTorch Adam reaches a training MSE of 1e-6 in 0.005 s, marq in 0.01 s"])

    def test_solvers_are_compared_over_all_marks(self):
        columns = "solver|settings|LRE >= 4 of 54|LRE >= 6|LRE >= 8|residual evaluations|Jacobian evaluations"
        self.write("nist", table("scores", columns, ["marq", "default", 54, 54, 54, 100, 50], ["A", "tight", 52, 52, 46, 300, 200],
                                 ["B", "tight", 54, 54, 45, None, None]))
        self.assertEqual(self.row("nist:"), ["54 / 54 / 54; 100 / 50", "not recorded", "54 / 54 / 45; not counted (B, tight)"])

    def test_a_function_stands_beside_its_best_peer(self):
        columns = "function|trainer|seconds|error without noise|largest error"
        self.write("functions", table("functions", columns, ["f", "LM, 1 thread", 0.5, 1e-12, 1e-5], ["f", "LM, 2 threads", 0.4, 1e-12, 1e-5],
                                      ["f", "Adam, 1 thread", 5.0, 1e-9, 1e-3], ["f", "PyTorch Adam", 5.0, 1e-7, 1e-3],
                                      ["f", "sklearn L-BFGS", 4.0, 1e-8, 1e-4]))
        self.assertEqual(self.row("functions: f"), ["0.5 / 1e-12 / 1e-05", "not recorded", "4 / 1e-08 / 0.0001 (sklearn L-BFGS)"])

    def behind(self):
        """The sentences below the table."""
        _, text = summary(self.temporary.name, "{}\n{}".format(*MARKS))
        return [line[2:] for line in text.split("\n") if line.startswith("- ")]

    def test_what_peers_do_better_is_said(self):
        columns = "engine|batch|samples/s"
        self.write("inference", table("net-1-2-1-threads-2", columns, ["marq, double", 1, 100.0], ["marq, double", 64, 50.0],
                                      ["marq, single", 1, 100.0], ["marq, single", 64, 200.0], ["ONNX Runtime 1, double", 1, 90.0],
                                      ["ONNX Runtime 1, double", 64, 75.0]))
        self.write("digits", table("trainers", "trainer|ms an epoch|test accuracy, %", ["marq Adam", 20.0, 94.0], ["marq LM", 900.0, 96.0],
                                   ["Keras Adam", 40.0, 95.0]))
        self.write("mgh", table("measurements", "solver|settings|instance|solved", ["marq", "default", "Bard x1", "yes"],
                                ["marq", "default", "Bard x10", "local"], ["GSL lm", "tight", "Bard x1", "no"],
                                ["GSL lm", "tight", "Bard x10", "yes"]))
        self.write("formulas", table("expressions", "expression|operations|C -O3|formula|gradient|formula / -O3",
                                     ["sums", 9, 10.0, 15.0, 20.0, 1.5], ["powers", 9, 10.0, 5.0, 6.0, 0.5]))
        self.assertEqual(self.behind(), [
            "inference: ONNX Runtime 1, double, net 1-2-1, threads 2: more samples a second by batches of 64 (up to 1.5 times)",
            "digits: test accuracy, %: 95 of Keras Adam, 94 of marq Adam",
            "digits: ms an epoch: 20 of marq Adam, 900 of marq LM",
            "mgh: Bard x10: not solved by marq, but by GSL lm, tight",
            "formulas: slower than C, -O3: sums 1.5 times"])

    def test_nothing_is_said_where_no_peer_is_ahead(self):
        self.write("limits", table("epochs", "net|rows|threads|ratio", ["1-2-1", 10, 1, 0.9]))
        self.assertEqual(self.behind(), [])

    def test_the_readme_has_the_table_of_the_results_that_are_checked_in(self):
        with open(os.path.join(BENCH, "README.md"), encoding="utf-8") as file:
            text = file.read()
        os.symlink(os.path.join(BENCH, "results"), os.path.join(self.temporary.name, "results"))
        done, written = summary(self.temporary.name, text)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(written.split("\n"), text.split("\n"), "python3 bench/summary.py bench/results bench/README.md mends it")


unittest.main()
