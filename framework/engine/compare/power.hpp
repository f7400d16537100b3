#pragma once

namespace ravine {

/// How many repetitions Wilcoxon's test needs to find a difference with 80 % power at 5 %, two-sided: for the
/// signed-rank test of pairs whose differences have that mean and standard deviation, at least the 6 that any
/// p below 0.05 takes. Student's t takes ((z.975 + z.8) s / d)^2 + z.975^2 / 2 (Guenther 1981), Wilcoxon's
/// test pi / 3 times as many where values are normal (Hodges & Lehmann 1956). Infinite for no difference; NaN
/// where something is not finite.
double pairs_for_power(double difference, double deviation);

/// The same for the rank-sum test of two samples of independent repetitions: how many each has to have.
/// `deviation` is that of the difference of two independent values.
double repetitions_for_power(double difference, double deviation);

}  // namespace ravine
