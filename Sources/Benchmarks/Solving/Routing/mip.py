"""Proves the optimum of a routing instance with a MIP solver: highspy where it is installed, else scipy's milp (both are
HiGHS). Reads an instance in the format of the 'routing' command from a file, and prints one line of JSON:
{"cost": cents, "bound": cents, "proved": bool, "seconds": of the solver alone, "solver": name}.
Ends with status 3 where neither is installed. Usage: mip.py FILE SECONDS"""

import json
import sys
import time


class Model:
    """Columns with cost and bounds, and rows as sparse sums between two bounds."""

    def __init__(self):
        self.cost, self.upper, self.whole = [], [], []
        self.rows = []

    def column(self, cost, upper, whole=True):
        self.cost.append(cost)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.cost) - 1

    def row(self, terms, low=-float("inf"), high=float("inf")):
        self.rows.append((terms, low, high))


def model(instance):
    result = Model()
    units, parcels, stock = {}, {}, {}
    for order in instance["orders"]:
        lines = order["lines"]
        parcel = {o["loc"]: result.column(o["fixed"] + o["late_penalty"], 1) for o in order["options"]}
        for place, column in parcel.items():
            parcels.setdefault(place, []).append((column, 1))
        extra = result.column(order["split_penalty"], len(parcel), whole=False)
        result.row([(c, 1) for c in parcel.values()] + [(extra, -1)], high=1)
        if order["split"] == "none":
            result.row([(c, 1) for c in parcel.values()], high=1)
        full = result.column(0, 1) if order["ship_complete"] else None
        for line in lines:
            missing = result.column(line["unfilled_penalty"], line["qty"])
            parts = []
            for option in order["options"]:
                place, sku, wanted = option["loc"], line["sku"], line["qty"]
                shipped = result.column(option["unit"][sku], wanted)
                parts.append((shipped, 1))
                result.row([(shipped, 1), (parcel[place], -wanted)], high=0)
                if order["split"] == "by_line":
                    result.row([(shipped, 1), (result.column(0, 1), -wanted)], low=0, high=0)
                stock.setdefault((place, sku), []).append((shipped, 1))
                units.setdefault(place, []).append((shipped, 1))
            result.row(parts + [(missing, 1)], low=line["qty"], high=line["qty"])
            if full is not None:
                result.row([(missing, 1), (full, line["qty"])], low=line["qty"], high=line["qty"])
    for (place, sku), terms in stock.items():
        result.row(terms, high=instance["stock"].get(place, {}).get(sku, 0))
    for location in instance["locations"]:
        for limit, terms in ((location["unit_capacity"], units), (location["shipment_capacity"], parcels)):
            if limit is not None and location["id"] in terms:
                result.row(terms[location["id"]], high=limit)
    return result


def solve_highspy(problem, seconds):
    import highspy

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("log_to_console", False)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("time_limit", seconds)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(problem.cost), len(problem.rows)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = problem.cost, [0.0] * len(problem.cost), problem.upper
    lp.row_lower_, lp.row_upper_ = [r[1] for r in problem.rows], [r[2] for r in problem.rows]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    starts, columns, values = sparse(problem)
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = starts, columns, values
    kinds = highspy.HighsVarType
    lp.integrality_ = [kinds.kInteger if whole else kinds.kContinuous for whole in problem.whole]
    solver.passModel(lp)
    start = time.perf_counter()
    solver.run()
    spent = time.perf_counter() - start
    info = solver.getInfo()
    proved = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return info.objective_function_value, info.mip_dual_bound, proved, spent, "highspy"


def solve_scipy(problem, seconds):
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    starts, columns, values = sparse(problem)
    matrix = csr_array((values, columns, starts), shape=(len(problem.rows), len(problem.cost)))
    limits = LinearConstraint(matrix, [r[1] for r in problem.rows], [r[2] for r in problem.rows])
    start = time.perf_counter()
    answer = milp(
        problem.cost, integrality=problem.whole, bounds=Bounds(0, problem.upper), constraints=limits,
        options={"time_limit": seconds, "mip_rel_gap": 0.0})
    spent = time.perf_counter() - start
    return answer.fun, answer.mip_dual_bound, answer.status == 0, spent, "scipy"


def sparse(problem):
    starts, columns, values = [0], [], []
    for terms, _, _ in problem.rows:
        columns += [c for c, _ in terms]
        values += [float(v) for _, v in terms]
        starts.append(len(columns))
    return starts, columns, values


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        problem = model(json.load(file))
    for solve in (solve_highspy, solve_scipy):
        try:
            cost, bound, proved, seconds, solver = solve(problem, float(sys.argv[2]))
        except ImportError:
            continue
        if cost is None:
            return 4
        print(json.dumps({
            "cost": round(cost), "bound": round(bound), "proved": proved, "seconds": f"{seconds:.6f}",
            "solver": solver}))
        return 0
    return 3


if __name__ == "__main__":
    sys.exit(main())
