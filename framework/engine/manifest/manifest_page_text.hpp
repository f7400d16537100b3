#pragma once

#include <array>
#include <string_view>

/// What docs/manifest.md says beside its tables, in Markdown.
namespace ravine::page_text {

inline constexpr std::string_view introduction = R"(# The manifest

<!-- Made by `ravine schema --format markdown > docs/manifest.md`. Its tables are declared in
framework/engine/manifest/grammar_*.cpp, its text in manifest_page_text.hpp beside them. -->

A manifest is a YAML file that describes one experiment: which optimizers are compared on which problems, with
what budget, how often, and how their hyperparameters are chosen. `ravine run NAME.yaml` runs it and stores the
results in `NAME.db`. Every optimizer is run on every problem, as often as `repetitions` says.

The smallest useful manifest has two keys:

```yaml
problems: [{use: rosenbrock}]
optimizers: [{use: sgd, with: {lr: 0.001}}, {use: adam, with: {lr: 0.01}}]
```

## A complete example)";

inline constexpr std::string_view example =
    R"(name: mnist-optimizers            # results go to mnist-optimizers.db
description: How fast does Adam train a small network, and how far does it get?
seed: 1
repetitions: 5                    # five seeds, the same for every optimizer
threads_per_trial: 1

problems:
  - use: mlp                      # a model
    with: {hidden: [128]}         # its hyperparameters
    label: small net
    data: {use: mnist, with: {validation: 10000}}
    dtype: f32
    train: {epochs: 20}           # overrides the common block, key by key
  - use: rosenbrock               # a landscape: needs no data
    start: [-1.2, 1]
    instance: {rotate: true, shift: true}
    noise: 0.1
    train: {steps: 5000}
    evaluate: {every: {steps: 100}}

train:                            # for every problem that does not set its own
  epochs: 10
  batch_size: 128
  clip: {norm: 1.0}
  scale_lr_with_batch: {reference: 32}

evaluate:
  every: {epochs: 1}
  target: {validation_accuracy: 0.95, gap: 1e-6}
  stop_at_target: false

optimizers:
  - use: adam
    with: {lr: {log_uniform: [1e-4, 1e-2]}, beta2: 0.99}
    label: Adam with warm-up
    on: [small net]
    schedule:
      lr:                         # stages follow one another
        - {use: warmup, for: {epochs: 1}}
        - {use: cosine, with: {min: 0}, by: epoch}
  - {use: sgd, search: default}   # searches the ranges that the plugin declares

tuning:                           # 12 points for each optimizer; the best is run with all repetitions
  method: random
  trials: 12
  repetitions: 3                  # of each point: 36 search trials
  finalists: 4                    # of these, 6 more each
  metric: validation_loss
  stop_early: {factor: 3, rungs: 2}

limits: {seconds: 600, memory: 2 GiB}
checkpoint: {every: {epochs: 1}}
)";

inline constexpr std::string_view reading =
    R"(`ravine run NAME.yaml --dry-run` prints the trials without running them.

Some rules hold everywhere:

- All errors of a manifest are reported at once, each with its line and column, and nothing is run.
- Unknown keys are errors, and so is a setting that applies to no problem.
- A key without a value counts as an empty block. Where a value is needed, that is an error.
- Numbers may be written as `1000`, `1e3` or `1e-3`. Quotes make anything text.
- YAML's anchors, aliases and merge keys (`<<: *common`) work.

The hyperparameters under `with` are declared by the plugins: `ravine plugins list` names the plugins, and
`ravine plugins info ID` explains the hyperparameters of one, with their ranges and defaults.

## Keys

Each table shows the keys of one block.)";

/// The text below the table of a block.
struct note {
  std::string_view block;
  std::string_view text;
};

inline constexpr std::array notes{
    note{
        "manifest",
        R"(Trials are ordered by problem, then optimizer, search point and repetition. There may be a million of them.
Two optimizers with the same settings are an error, even under different labels: their trials would be equal.)"},
    note{
        "problem",
        R"(A problem's own `train` and `evaluate` replace the common ones key by key. The four units of a budget count as
one key, and so does a whole `clip` or `target`. `target: null` removes a common target.

Landscapes and problems with data can be combined. A common budget in epochs is an error for a landscape, which
has no epochs: give it a budget of its own. A common batch size, a common interval in epochs and targets that a
problem does not have are ignored where they do not apply. In a problem's own block they are errors.)"},
    note{
        "instance",
        R"(Rotation and shift depend only on the seed and the repetition, so all optimizers of a repetition meet the same
function. `start` and the box, which a trial must not leave by more than ten widths, are in the function's own
coordinates. A method that does not depend on the axes has the same curve on every rotation. Paths are recorded in
the optimizer's coordinates.)"},
    note{
        "scale_lr_with_batch",
        R"(`lr` is multiplied by the batch size over `reference`: a batch 8 times as large, a rate 8 times as large (Goyal et
al. 2017, arXiv:1706.02677). `full`, and any larger batch size, counts as the size of the training set. Schedules
start from the scaled rate, except those whose values do not depend on it (`linear_range`, `exponential_range`).
The scaled rate is recorded as `value.lr` and must be within the valid range of `lr`. An optimizer without `lr` is
an error.)"},
    note{"curvature",
         R"(After each of these steps, and at the start, the curve of a trial gets a few numbers more
([docs/curvature.md](curvature.md) defines them):

| metric | is |
|---|---|
| `hessian_eigenvalue` | the largest eigenvalue of the Hessian |
| `sam_sharpness` | the rise of the loss over a step of length `rho` along the gradient |
| `gradient_noise_scale` | the simple noise scale, in examples; not on landscapes |
| `update_cosine` | of the angle between the last two updates |

They cost no part of the budget and change no bit of the training, but take time: up to 200 gradients of `examples`
examples each.)"},
    note{
        "target",
        R"(Losses are reached from above, accuracies from below. Several metrics may be given where problems differ: each
problem takes the one that it has. The cost of reaching a metric of the test set is recorded, but
`stop_at_target` refuses it, because nothing may be selected on test data.

A target that the start of a landscape meets is an error. A landscape that declares no minimum, such as a saddle, has
no gap; its target is a `loss`.

Several values of a metric, as `gap: [0.1, 1e-3, 1e-6]` or as a range, are several targets. The hardest of them is
*the* target: stars, the performance profile and `stop_at_target` go by it. The others serve expected costs, runtime
distributions and data profiles, and are read off the stored curves. They are therefore not part of a trial's
identity: where only they change, nothing is run again. Those that the start of a landscape meets are left out there.)"},
    note{
        "group",
        R"(What a group does not set, it has from the rest: hyperparameters, their searched values and schedules. With a `use`
of its own it starts from that optimizer's defaults instead. Schedules begin at the group's own values.

```yaml
optimizers:
  - use: adamw
    with: {lr: 1e-3, weight_decay: 0.1}
    schedule: {lr: {use: cosine}}
    groups:
      - {role: bias, with: {weight_decay: 0}}
      - {tensors: "output.*", with: {lr: {grid: [1e-4, 1e-3]}}}
  - use: muon
    groups: [{role: bias, use: adamw, with: {lr: 3e-4}}]
```

A group that selects no tensor of a problem is no part of its trials; one that selects none on any problem is an error.
Gradients are clipped as a whole. An optimizer that evaluates the loss itself, such as `lbfgs` or `sam` by itself, can't
have groups or be one; a wrapper takes them on the optimizer under `inner`. Rates that are recorded for a group are named
`value.[bias].lr`.)"},
    note{
        "stage",
        R"(Only hyperparameters that the plugin declares as schedulable can be scheduled. The last stage ends with training.
A budget of seconds, or of evaluations for an optimizer that takes several a step, has no known number of steps: there
a last stage whose schedule needs a length (cosine, polynomial and others) without `for` is an error, and so is a
length that is a share. Shares are of the whole budget, not of what earlier stages leave: `[{use: warmup, for: {share:
0.05}}, {use: cosine}]` warms up for a twentieth of the training, whatever its length. In epochs, a share may end within
one.)"},
    note{
        "search",
        R"(`grid` and `choice` accept any value of a `with` block (except a scheduler's) and of `batch_size`. Intervals are
for `tuning` to draw from, and accept numbers only. Without `tuning`, every combination of the lists is run with
all repetitions; the first list varies slowest: the model's, the data's, the batch size, the optimizer's.

In results, searched values are named `lr`, `problem.hidden`, `problem.data.validation` and `train.batch_size`.
Real numbers are drawn with four significant digits, so that what is printed is what was run.)"},
    note{
        "tuning",
        R"(On each problem, every optimizer gets the same number of search trials. The point with the best metric at the
end of training is then run with all repetitions. The search has random numbers of its own, which no
repetition shares: nothing is tested on the seeds that chose it. Metrics of the test set are refused: tuning on them
would make the reported result optimistic.

One seed tells points that are nearly as good apart by luck. With `repetitions: 3` each point is run on three, the
same three for all points, and judged by the mean. With `finalists: 4` the best four are then run on six more, twice
`repetitions`, and the one with the best mean over all nine is chosen. Where a point failed on some of its seeds and
not on all, the points of that optimizer are judged by their medians instead, and a failure counts as worse than any
number.

What it costs: `trials` x `repetitions` + `finalists` x 2 x `repetitions` search trials for each optimizer on each
problem, here 12 x 3 + 4 x 6 = 60. `--dry-run` shows the sum. With `stop_early`, points are judged at each rung by all
of their repetitions, and finalists are those that come to the end, if they are fewer.

Another search would have drawn other points, and found a better or a worse one: a comparison of one search each says
how good two settings are, not two methods that are tuned. With `studies: 5` the whole tuning is done five times, with
points and random numbers of its own, and all `repetitions` of what each study chose are run. It costs five times as
much. Each study gives one score, the median of its repetitions, and intervals and tests go by studies: the luck of
tuning is in them. One to three `repetitions` do then.)"},
    note{"stop_early",
         R"(See Jamieson & Talwalkar 2016, arXiv:1502.07943. With the defaults, all points are run for a
ninth of the budget, the best third of them for a third of it, and the best third of those to the end. Parts of a
budget are rounded up to whole epochs, steps or evaluations; a budget in seconds is an error. Schedules still
follow the full budget.

The points of each optimizer on each problem compete among themselves, so every optimizer loses the same share,
independently of `--jobs`. A point that continues is trained from the beginning again, or from its rung with
`checkpoint: {at_end: true}`, so its curve is that of an uninterrupted trial. The others have the status
`stopped early`, which is not a failure, and can't be selected.)"},
    note{
        "limits",
        R"(Sizes are written with `B`, `KB`, `MB`, `GB` (powers of 1000) or `KiB`, `MiB`, `GiB` (powers of 1024).

Limits change nothing that a trial measures, so they are not part of its identity. With a higher limit, or none,
the same command reruns the trials that the lower one ended.)"},
    note{
        "checkpoint",
        R"(A trial that was interrupted resumes from its last checkpoint when the same command is run again, with bitwise the
same result. The interval does not affect results and may change between runs. Taking a checkpoint
needs memory for a copy of the parameters and of the optimizer's state, and waits for one write to the disk: choose
minutes rather than seconds.

With `at_end: true` the state in which a trial has used up its budget stays in the results file: parameters and
optimizer state of each trial. When the same manifest is run with a longer budget, each trial goes on from the last
shorter one of its kind, and ends with bitwise the same result as if it had begun at its start. So do the points of
`stop_early` at each rung. Where the shorter trial's steps depended on its length, as with `cosine`, lengths in shares of
the budget, an optimizer that asks for the length, a budget in seconds, or results of another build or processor, the
trial begins at its start. Without `at_end`, the next run of an experiment removes such states from its file.)"},
};

inline constexpr std::string_view ending = R"(## Changing values on the command line

`--set PATH=VALUE` changes the manifest before it is read:

    ravine run mine.yaml --set repetitions=10 --set train.epochs=3
    ravine run mine.yaml --set optimizers.adam.with.lr=0.01
    ravine run mine.yaml --set 'problems[0].train={steps: 5}' --set 'optimizers.adam.with.lr={grid: [0.1, 1]}'

The path consists of keys joined by points. An entry of a list is given by its index, counted from 0, or by its
label. The value is any YAML. Keys that are not there are added; a length replaces one in another unit.

## Editors

`ravine schema > ravine.schema.json` writes a JSON Schema of all this, with the hyperparameters of the plugins
that are installed. Editors with a YAML language server complete and check a manifest that begins with

    # yaml-language-server: $schema=ravine.schema.json)";

}  // namespace ravine::page_text
