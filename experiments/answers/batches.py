"""The question about the size of batches."""

from .intervals import below, median
from .landscapes import growth
from .question import answer, asks, part
from .results import results
from .text import best_rate, listed, rate, share, spread

BATCH = "train.batch_size"


@asks(
    12,
    "Small batches are noisy and generalise better, large ones are steadier; multiply the learning rate by as much as "
    "the batch.",
    ["12-batch-size", "12-equal-steps"],
)
def batch_size(stored: results, equal_steps: results) -> answer:
    losses = stored.grid("rate held", "sgd", "validation_loss", BATCH, "lr")
    accuracies = stored.grid("rate held", "sgd", "test_accuracy", BATCH, "lr")
    scaled = {size: score for (size,), score in stored.grid("rate scaled", "sgd", "test_accuracy", BATCH).items()}
    rates = list(dict.fromkeys(lr for _, lr in losses))
    best = {size: min(rates, key=lambda lr: losses[size, lr].median.value) for size in scaled}
    read = {size: accuracies[size, best[size]].median for size in scaled}
    rough = {size: median(roughness(stored, size)) for size in (1, 32, 512, 4096)}
    after_steps = {each: equal_steps.score(each, "sgd", "test_accuracy") for each in equal_steps.problems()}
    medians_after_steps = {problem: score.median for problem, score in after_steps.items()}
    measured = [
        "best lr by batch: " + listed((f"{size}:", best_rate(best[size], rates)) for size in scaled),
        "test accuracy with it: " + listed((f"{size}:", spread(read[size], share)) for size in scaled),
        "with the scaling rule from 0.1 at 32: "
        + listed((f"{size}:", spread(score.median, share)) for size, score in scaled.items()),
        "test accuracy after 600 steps, lr tuned: "
        + listed(
            (f"{each.removeprefix('batch ')} (lr {rate(equal_steps.chosen(each, 'sgd')['lr'])}):", spread(found, share))
            for each, found in medians_after_steps.items()
        ),
        "rises of the validation loss over the last epoch, lr 0.01: "
        + listed((f"{size}:", spread(rough[size])) for size in rough),
    ]
    power = growth([32, 2048], [best[32], best[2048]])
    carries = [str(size) for size in scaled if scaled[size].median.value >= accuracies[size, 0.1].median.value]
    epochs = read[32].lower > read[4096].upper
    steps = below(after_steps["batch 512"].values, after_steps["batch 32"].values)
    why = (
        f"small batches {'read' if epochs else 'do not read'} better after equal epochs, in which they take more "
        f"steps, and {'do' if steps else 'do not'} after equal steps, in which they see fewer images; from 32 to 2048 "
        f"the best rate grows as batch to the power {power:.2f}; the rule is no worse than a rate of 0.1 held at "
        f"batches {', '.join(carries)}"
    )
    parts = [
        part("small batches are noisier", [rough[1].lower > rough[512].upper]),
        part("small batches read better after equal epochs", [epochs]),
        part("small batches read better after equal steps", [steps]),
        part("the rate grows as the batch", [0.75 <= power <= 1.25]),
    ]
    return answer(measured, parts, why)


def roughness(stored: results, size: int) -> list[float]:
    """How far the validation loss rises from one quarter epoch to the next, where it does, in sum over the last epoch,
    by repetition: 0 for a descent without noise."""
    runs = stored.trials("rate held", "sgd", {BATCH: size, "lr": 0.01})
    curves = [list(stored.curve(run, "validation_loss").values()) for run in runs]
    return [sum(max(0.0, b - a) for a, b in zip(curve[-5:], curve[-4:])) for curve in curves]
