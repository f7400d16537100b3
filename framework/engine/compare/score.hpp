#pragma once

#include "trial/trial_result.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// What a trial that did not end well scores: 0 for accuracies, infinity for everything else.
double worst_score(std::string_view metric);

/// The metric at the last evaluation point; empty if the trial did not succeed, or has no such value, or NaN.
std::optional<double> final_value(const trial_result& trial, std::string_view metric);

/// That value, or else the worst score.
double final_score(const trial_result& trial, std::string_view metric);

/// The best value of the metric at any evaluation, whatever became of the trial later; the worst score if it
/// never had a value.
double best_score(const trial_result& trial, std::string_view metric);

/// Whether `a` is a better value of the metric than `b`. NaN is better than nothing.
bool is_better(double a, double b, std::string_view metric);

/// Whether a model measures it of its own, on the test or validation examples.
bool is_own_metric(std::string_view metric);

/// The metrics that say how well these trials went, most telling first: of test_accuracy,
/// validation_accuracy, test_loss, validation_loss, train_loss and loss those that any of them has; then what
/// models measure of their own; and gap if every trial that has a loss has it, before loss where the two
/// differ.
std::vector<std::string> score_metrics(std::span<const trial_result* const> trials);

/// The one to choose search points by, which is never a test metric: validation_loss, else
/// validation_accuracy, loss, train_loss. Empty if there is none of these.
std::string selection_metric(std::span<const std::string> metrics);

}  // namespace ravine
