#include "trials.hpp"

#include <ctime>
#include <exception>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

// Reads one request a line, "THREADS OPTIMIZER MODEL [UNITS… | NAME=VALUE…]", trains that model for one epoch
// on MNIST with OpenBLAS on so many threads and answers with a line "SECONDS CPU_SECONDS". The clock of the
// processor covers the start of the trial too.
namespace ravine::bench {
namespace {

double cpu_seconds() { return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC); }

/// Numbers are the model's list of hidden units; a value is an integer or a word.
settings read_settings(std::istream& words) {
  settings read;
  std::vector<std::int64_t> hidden;
  for (std::string word; words >> word;) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) {
      hidden.push_back(std::stoll(word));
      read["hidden"] = hidden;
      continue;
    }
    const std::string value = word.substr(equals + 1);
    const bool number = value.find_first_not_of("0123456789") == std::string::npos;
    read[word.substr(0, equals)] = number ? setting(std::stoll(value)) : setting(value);
  }
  return read;
}

void answer_requests() {
  const dataset data = training_images("mnist");
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream request(line);
    std::uint64_t threads = 1;
    std::string optimizer, model;
    request >> threads >> optimizer >> model;
    const settings with = read_settings(request);
    const double before = cpu_seconds();
    trial_spec spec = one_epoch(model, with, optimizer, {});
    spec.threads = threads;
    const trial_result result = completed(spec, &data);
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
