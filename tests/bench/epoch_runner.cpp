#include "trials.hpp"

#include <ctime>
#include <exception>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

// Reads one request a line, "OPTIMIZER MODEL [UNITS…]", trains that model for one epoch on MNIST and answers
// with a line "SECONDS CPU_SECONDS". The clock of the processor covers the start of the trial too.
namespace ravine::bench {
namespace {

double cpu_seconds() { return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC); }

void answer_requests() {
  const dataset data = training_images("mnist");
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream request(line);
    std::string optimizer, model;
    request >> optimizer >> model;
    std::vector<std::int64_t> hidden;
    for (std::int64_t units = 0; request >> units;) hidden.push_back(units);
    const settings with = hidden.empty() ? settings{} : settings{{"hidden", hidden}};
    const double before = cpu_seconds();
    const trial_result result = completed(one_epoch(model, with, optimizer, {}), &data);
    std::cout << result.spent.seconds() << ' ' << cpu_seconds() - before << std::endl;
  }
}

}  // namespace
}  // namespace ravine::bench

int main() {
  try {
    ravine::bench::answer_requests();
  } catch (const std::exception& problem) {
    std::cerr << problem.what() << '\n';
    return 1;
  }
}
