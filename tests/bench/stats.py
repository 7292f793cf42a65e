"""What a machine whose speed swings lets one say: cheapest slices, and ratios within one run."""

import random

# With fewer an interval drawn from them says little.
LEAST_CYCLES = 8


def best_quarter(values, most=False):
    """The least (or the most) quarter of the values, at least one: those that nothing disturbed."""
    return sorted(values, reverse=most)[:max(1, round(len(values) / 4))]


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def cost(values):
    """Mean of the cheapest quarter."""
    return mean(best_quarter(values))


def ratio(ours, theirs, rounds=1000, seed=1):
    """cost(ours) / cost(theirs) with its 95 % bootstrap interval: (ratio, low, high).

    The cycles of the run are drawn again with replacement, for both sides from the same cycles:
    ours[i] and theirs[i] were measured in cycle i.
    """
    if len(ours) != len(theirs) or not ours:
        raise ValueError("a ratio needs both sides of every cycle")
    dice = random.Random(seed)
    drawn = []
    for _ in range(rounds):
        cycles = [dice.randrange(len(ours)) for _ in ours]
        drawn.append(cost([ours[i] for i in cycles]) / cost([theirs[i] for i in cycles]))
    drawn.sort()
    edge = round(rounds * 0.025)
    return cost(ours) / cost(theirs), drawn[edge], drawn[-1 - edge]


def exceeds(found, bound, cycles):
    """Whether a ratio (as ratio() returns it) is above the bound: "no", "yes", or "not proven" where the
    interval says neither, or comes from too few cycles to mean anything."""
    _, low, high = found
    if cycles < LEAST_CYCLES:
        return "not proven"
    if high <= bound:
        return "no"
    return "yes" if low > bound else "not proven"


def add_up(counts):
    """Sums dictionaries of counts by key; keys whose sum is zero are left out."""
    total = {}
    for one in counts:
        for key, count in one.items():
            total[key] = total.get(key, 0) + count
    return {key: count for key, count in total.items() if count}


def summary(slices):
    """Of all slices of one proxy in one case: what the report prints, each figure from its own best quarter."""
    def best(key, most=False):
        return mean(best_quarter([one[key] for one in slices], most))

    return {
        "cpu_us": best("cpu_us"),
        "rps": best("rps", most=True),
        "p50_us": best("p50_us"),
        "p99_us": best("p99_us"),
        "load_us": best("load_us"),
        "completed": sum(one["completed"] for one in slices),
        "failed": sum(one["failed"] for one in slices),
        "errors": add_up(one["errors"] for one in slices),
    }
