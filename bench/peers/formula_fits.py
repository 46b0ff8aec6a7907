"""gnuplot's fit, R's nls and Octave's leasqr on the instances of a request: programs that read formulas. Each
gets the formula and the data as text; where the formula does not give the library's residuals at the start, that
is an error. They report no numbers of evaluations."""

import math
import os
import shutil
import subprocess
import tempfile

from peer import Answer, finite

TIME_LIMIT = 20  # seconds an instance


def names(instance):
    return [f"b{j + 1}" for j in range(instance["parameters"])]


def check(instance, text):
    """The formula as text gives the residuals that the library gave."""
    functions = {name: getattr(math, name) for name in ("exp", "cos", "sin", "atan", "pi")}
    values = functions | dict(zip(names(instance), instance["start"]))
    for row, y, expected in zip(text["x"], text["y"], instance["residual at start"]):
        values |= {f"x{k + 1}": value for k, value in enumerate(row)}
        residual = eval(text["formula"].replace("^", "**"), {"__builtins__": {}}, values) - y
        if abs(residual - expected) > 1e-9 * (abs(y) + abs(residual)):
            raise SystemExit(f"formula of {instance['name']} disagrees: {residual} instead of {expected}")


def write_data(folder, text):
    with open(os.path.join(folder, "data"), "w", encoding="utf-8") as file:
        for row, y in zip(text["x"], text["y"]):
            file.write(" ".join(repr(v) for v in row + [y]) + "\n")


def gnuplot_script(instance, text, tight):
    parameters, predictors = names(instance), len(text["x"][0])
    dummies = ", ".join(f"x{k + 1}" for k in range(predictors))
    columns = ":".join(str(k + 1) for k in range(predictors + 1))
    lines = ["set fit quiet logfile '/dev/null' errorvariables"]
    lines += ["set fit limit 1e-15 maxiter 5000"] if tight else []
    lines += ["set dummy " + dummies, f"f({dummies}) = {text['formula'].replace('^', '**')}"]
    lines += [f"{name} = {value!r}" for name, value in zip(parameters, instance["start"])]
    lines += [f"fit f({dummies}) 'data' using {columns} via {', '.join(parameters)}", "set print 'result'"]
    lines += [f"print sprintf('%.17g %.17g', {name}, {name}_err)" for name in parameters]
    return "\n".join(lines)


def r_script(instance, text, tight):
    start = ", ".join(f"{name} = {value!r}" for name, value in zip(names(instance), instance["start"]))
    columns = ", ".join([f"'x{k + 1}'" for k in range(len(text["x"][0]))] + ["'y'"])
    control = ", control = nls.control(maxiter = 1000, tol = 1e-10, minFactor = 1e-10, warnOnly = TRUE)" if tight else ""
    return f"""d <- read.table('data', col.names = c({columns}))
fit <- nls(y ~ {text['formula']}, d, start = list({start}){control})
s <- summary(fit)$coefficients
write(sprintf('%.17g %.17g', s[, 1], s[, 2]), 'result')"""


def octave_script(instance, text, tight):
    formula = text["formula"].replace("^", ".^").replace("*", ".*").replace("/", "./")
    for k in range(len(text["x"][0])):
        formula = formula.replace(f"x{k + 1}", f"x(:,{k + 1})")
    for j, name in reversed(list(enumerate(names(instance)))):
        formula = formula.replace(name, f"b({j + 1})")
    start = "; ".join(repr(value) for value in instance["start"])
    options = ", 1e-15, 5000" if tight else ""
    return f"""pkg load optim
d = load('data');
[f, b, ok, iterations, corp, covp] = leasqr(d(:,1:end-1), d(:,end), [{start}], @(x, b) {formula}{options});
file = fopen('result', 'w');
fprintf(file, '%.17g %.17g\\n', [b(:)'; sqrt(diag(covp))']);"""


def run(command, script, instance, text):
    """Two columns, values and deviations; empty if the program failed or took too long."""
    with tempfile.TemporaryDirectory() as folder:
        write_data(folder, text)
        with open(os.path.join(folder, "script"), "w", encoding="utf-8") as file:
            file.write(script)
        try:
            subprocess.run([*command, "script"], cwd=folder, timeout=TIME_LIMIT, stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
            with open(os.path.join(folder, "result"), encoding="utf-8") as file:
                rows = [[float(word) for word in line.split()] for line in file]
        except (subprocess.SubprocessError, OSError, ValueError):
            rows = []
        return rows if len(rows) == instance["parameters"] else []


def outcome(rows):
    return {"x": finite([row[0] for row in rows]), "deviations": finite([row[1] for row in rows]),
            "residual calls": None, "jacobian calls": None}


def octave_has_optim():
    test = ["octave", "--no-gui", "--quiet", "--eval", "pkg load optim"]
    return subprocess.run(test, capture_output=True, check=False).returncode == 0


PROGRAMS = [
    ("gnuplot fit", ["gnuplot"], gnuplot_script, "gnuplot-nox"),
    ("R nls", ["Rscript", "--vanilla"], r_script, "r-base-core"),
    ("Octave leasqr", ["octave", "--no-gui", "--quiet"], octave_script, "octave octave-optim"),
]


def main():
    answer = Answer()
    instances, texts = answer.request["instances"], answer.request["texts"]
    for instance, text in zip(instances, texts):
        check(instance, text)
    for name, command, script, package in PROGRAMS:
        if not shutil.which(command[0]) or (command[0] == "octave" and not octave_has_optim()):
            answer.absent(name, f"not installed (Debian: {package})")
            continue
        for settings in ("tight", "default"):
            answer.add(name, settings, outcomes=[
                outcome(run(command, script(instance, text, settings == "tight"), instance, text))
                for instance, text in zip(instances, texts)])
    answer.write()


main()
