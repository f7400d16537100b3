#include "cluster/slurm_executor.hpp"

#include "cluster/slurm_run.hpp"

#include <system_error>

namespace ravine {

slurm_executor::slurm_executor(slurm_settings asked, store& results, executor& here)
    : settings_(std::move(asked)), scheduler_(settings_.options), results_(results), here_(here) {}

void slurm_executor::run(const trial_list& trials, run_listener& listener) {
  slurm_run now(settings_, scheduler_, results_, listener);
  const auto note_jobs = [&] {
    submitted_ += now.submitted();
    left_ = now.left();
  };
  try {
    now.run(trials);
  } catch (...) {
    note_jobs();
    throw;
  }
  note_jobs();
}

void slurm_executor::forget_folder() const {
  std::error_code ignored;
  std::filesystem::remove(processor_file(settings_.folder), ignored);
  std::filesystem::remove(settings_.folder, ignored);  // unless something is left in it
}

}  // namespace ravine
