#pragma once

#include <array>

namespace ravine {

/// Marks a SQLite file as Ravine's: "RVIN" in the header.
inline constexpr int results_application_id = 0x5256494E;

/// The tables and views of a results file, which README.md beside this file describes, version by version:
/// each text leads to the next one. A new file goes through all of them; an older one is brought up to date
/// before it is written to, and a newer one refused. A text that was released never changes.
inline constexpr std::array results_schema{R"sql(
CREATE TABLE experiments (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  manifest TEXT NOT NULL,
  seed INTEGER NOT NULL,
  repetitions INTEGER NOT NULL,
  planned_at TEXT NOT NULL
);

CREATE TABLE planned (
  experiment_id INTEGER NOT NULL REFERENCES experiments ON DELETE CASCADE,
  position INTEGER NOT NULL,
  hash TEXT NOT NULL,
  problem TEXT NOT NULL,
  optimizer TEXT NOT NULL,
  point TEXT NOT NULL,
  repetition INTEGER NOT NULL,
  role TEXT NOT NULL,
  PRIMARY KEY (experiment_id, position)
) WITHOUT ROWID;

CREATE TABLE trials (
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  spec TEXT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT NOT NULL,
  steps INTEGER NOT NULL,
  evaluations INTEGER NOT NULL,
  epochs REAL NOT NULL,
  gradient_seconds REAL NOT NULL,
  optimizer_seconds REAL NOT NULL,
  parameters INTEGER NOT NULL,
  state_bytes INTEGER NOT NULL,
  target_metric TEXT,
  target_value REAL,
  target_steps INTEGER,
  target_evaluations INTEGER,
  target_epochs REAL,
  target_gradient_seconds REAL,
  target_optimizer_seconds REAL,
  machine TEXT NOT NULL,
  build TEXT NOT NULL,
  jobs INTEGER NOT NULL,
  finished_at TEXT NOT NULL
);

CREATE TABLE evaluation_points (
  trial_id INTEGER NOT NULL REFERENCES trials ON DELETE CASCADE,
  step INTEGER NOT NULL,
  evaluations INTEGER NOT NULL,
  epochs REAL NOT NULL,
  gradient_seconds REAL NOT NULL,
  optimizer_seconds REAL NOT NULL,
  PRIMARY KEY (trial_id, step)
) WITHOUT ROWID;

CREATE TABLE metric_names (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);

CREATE TABLE metrics (
  trial_id INTEGER NOT NULL REFERENCES trials ON DELETE CASCADE,
  step INTEGER NOT NULL,
  name_id INTEGER NOT NULL REFERENCES metric_names,
  value REAL,
  PRIMARY KEY (trial_id, step, name_id)
) WITHOUT ROWID;

CREATE TABLE trajectories (
  trial_id INTEGER PRIMARY KEY REFERENCES trials ON DELETE CASCADE,
  dimension INTEGER NOT NULL,
  steps BLOB NOT NULL,
  evaluations BLOB NOT NULL,
  points BLOB NOT NULL,
  losses BLOB NOT NULL
);

CREATE VIEW results AS
SELECT e.name AS experiment, p.problem, p.optimizer, p.point, p.repetition, p.role, t.status, t.reason, t.steps,
       t.evaluations, t.epochs, t.gradient_seconds + t.optimizer_seconds AS seconds, t.target_metric,
       t.target_value, t.target_steps, t.target_epochs,
       t.target_gradient_seconds + t.target_optimizer_seconds AS target_seconds, t.parameters, t.state_bytes,
       t.machine, t.build, t.finished_at, t.id AS trial_id
FROM planned p JOIN experiments e ON e.id = p.experiment_id JOIN trials t ON t.hash = p.hash
ORDER BY e.id, p.position;

CREATE VIEW curves AS
SELECT r.experiment, r.problem, r.optimizer, r.point, r.repetition, r.role, m.step, v.evaluations, v.epochs,
       v.gradient_seconds + v.optimizer_seconds AS seconds, n.name AS metric, m.value, r.trial_id
FROM results r JOIN metrics m ON m.trial_id = r.trial_id
JOIN metric_names n ON n.id = m.name_id
JOIN evaluation_points v ON v.trial_id = m.trial_id AND v.step = m.step;

CREATE VIEW final_metrics AS
SELECT c.experiment, c.problem, c.optimizer, c.point, c.repetition, c.role, c.metric, c.value, c.step, c.trial_id
FROM curves c
WHERE c.step = (SELECT max(step) FROM evaluation_points v WHERE v.trial_id = c.trial_id);
)sql",
                                           R"sql(
ALTER TABLE trials ADD COLUMN limit_seconds REAL;
ALTER TABLE trials ADD COLUMN limit_memory INTEGER;
CREATE TABLE checkpoints (
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  seconds REAL NOT NULL,
  machine TEXT NOT NULL,
  build TEXT NOT NULL,
  saved_at TEXT NOT NULL,
  state BLOB NOT NULL
);
)sql",
                                           R"sql(
ALTER TABLE planned ADD COLUMN shares TEXT NOT NULL DEFAULT '{}';

ALTER TABLE trajectories ADD COLUMN in_runs INTEGER NOT NULL DEFAULT 0;

ALTER TABLE trials ADD COLUMN cores INTEGER;
UPDATE trials SET cores = CAST(substr(machine, 1 + length(rtrim(substr(machine, 1, instr(machine, ' cores') - 1),
                                                                '0123456789'))) AS INTEGER)
WHERE instr(machine, ' cores') > 0;

CREATE TABLE range_tests (
  id INTEGER PRIMARY KEY,
  experiment TEXT NOT NULL,
  problem TEXT NOT NULL,
  optimizer TEXT NOT NULL,
  suggestion REAL,
  diverged_at REAL,
  fault TEXT NOT NULL,
  smoothing REAL NOT NULL,
  machine TEXT NOT NULL,
  build TEXT NOT NULL,
  finished_at TEXT NOT NULL,
  UNIQUE (experiment, problem, optimizer)
);

CREATE TABLE range_points (
  test_id INTEGER NOT NULL REFERENCES range_tests ON DELETE CASCADE,
  step INTEGER NOT NULL,
  lr REAL NOT NULL,
  loss REAL,
  smoothed REAL,
  PRIMARY KEY (test_id, step)
) WITHOUT ROWID;

CREATE VIEW range_curves AS
SELECT t.experiment, t.problem, t.optimizer, p.step, p.lr, p.loss, p.smoothed, t.suggestion, t.diverged_at,
       t.finished_at
FROM range_tests t JOIN range_points p ON p.test_id = t.id
ORDER BY t.id, p.step;
)sql",
                                           R"sql(
DROP VIEW final_metrics;
DROP VIEW curves;

CREATE TABLE evaluations (
  trial_id INTEGER PRIMARY KEY REFERENCES trials ON DELETE CASCADE,
  metrics TEXT NOT NULL,
  points TEXT NOT NULL
);

WITH named AS MATERIALIZED (
  SELECT DISTINCT m.trial_id, m.name_id, n.name FROM metrics m JOIN metric_names n ON n.id = m.name_id
), written AS (
  SELECT v.trial_id, v.step, format('[%d,%d,%!.17g,%!.17g,%!.17g%s]', v.step, v.evaluations, v.epochs,
                                    v.gradient_seconds, v.optimizer_seconds, (
    SELECT group_concat(text, '') FROM (
      SELECT CASE WHEN m.step IS NULL THEN ',null' WHEN m.value IS NULL THEN ',"nan"'
                  WHEN m.value = 9e999 THEN ',"inf"' WHEN m.value = -9e999 THEN ',"-inf"'
                  ELSE format(',%!.17g', m.value) END AS text
      FROM named n LEFT JOIN metrics m ON m.trial_id = v.trial_id AND m.step = v.step AND m.name_id = n.name_id
      WHERE n.trial_id = v.trial_id ORDER BY n.name))) AS point
  FROM evaluation_points v
)
INSERT INTO evaluations
SELECT t.id, (SELECT json_group_array(name) FROM (SELECT name FROM named n WHERE n.trial_id = t.id ORDER BY name)),
       '[' || (SELECT coalesce(group_concat(point), '') FROM (
         SELECT point FROM written w WHERE w.trial_id = t.id ORDER BY w.step)) || ']'
FROM trials t;

DROP TABLE metrics;
DROP TABLE metric_names;
DROP TABLE evaluation_points;

CREATE VIEW curves AS
SELECT r.experiment, r.problem, r.optimizer, r.point, r.repetition, r.role,
       p.value ->> 0 AS step, p.value ->> 1 AS evaluations, p.value ->> 2 AS epochs,
       (p.value ->> 3) + (p.value ->> 4) AS seconds, n.value AS metric,
       CASE p.value ->> (5 + n.key) WHEN 'nan' THEN NULL WHEN 'inf' THEN 9e999 WHEN '-inf' THEN -9e999
            ELSE CAST(p.value ->> (5 + n.key) AS REAL) END AS value, r.trial_id
FROM results r JOIN evaluations e ON e.trial_id = r.trial_id
JOIN json_each(e.points) p JOIN json_each(e.metrics) n
WHERE p.value ->> (5 + n.key) IS NOT NULL;

CREATE VIEW final_metrics AS
SELECT c.experiment, c.problem, c.optimizer, c.point, c.repetition, c.role, c.metric, c.value, c.step, c.trial_id
FROM curves c JOIN evaluations e ON e.trial_id = c.trial_id
WHERE c.step = e.points ->> '$[#-1][0]';
)sql",
                                           R"sql(
ALTER TABLE evaluations ADD COLUMN checksum INTEGER;
UPDATE evaluations SET checksum =
  (SELECT ravine_checksum(t.hash, t.spec, metrics, points) FROM trials t WHERE t.id = trial_id);

ALTER TABLE trajectories ADD COLUMN checksum INTEGER;
UPDATE trajectories SET checksum =
  (SELECT ravine_checksum(t.hash, trajectories.steps, trajectories.evaluations, points, losses)
   FROM trials t WHERE t.id = trial_id);
)sql",
                                           R"sql(
ALTER TABLE planned ADD COLUMN easier_targets TEXT NOT NULL DEFAULT '[]';
CREATE TABLE stand_ins (
  sha256 TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  file TEXT NOT NULL,
  hidden TEXT NOT NULL,
  hides_shipped INTEGER NOT NULL,
  PRIMARY KEY (sha256, kind, id)
) WITHOUT ROWID;

-- DROP COLUMN looks at every view, and these call what a distrusted schema may not.
DROP VIEW final_metrics;
DROP VIEW curves;
DROP VIEW results;

CREATE TABLE provenances (
  id INTEGER PRIMARY KEY,
  processor TEXT NOT NULL,
  cores INTEGER NOT NULL,
  node TEXT NOT NULL,
  job TEXT NOT NULL,
  build TEXT NOT NULL,
  build_sha256 TEXT NOT NULL,
  revision TEXT NOT NULL,
  flags TEXT NOT NULL,
  libm TEXT NOT NULL,
  blas TEXT NOT NULL,
  blas_kernel TEXT NOT NULL,
  described TEXT NOT NULL,
  UNIQUE (processor, cores, node, job, build, build_sha256, revision, flags, libm, blas, blas_kernel, described)
);
INSERT INTO provenances
SELECT NULL, rtrim(rtrim(before, '0123456789'), ', '), CAST(substr(before, length(rtrim(before, '0123456789')) + 1) AS INTEGER),
       '', '', build, '', '', '', '', '', '', machine
FROM (SELECT machine, build, CASE WHEN instr(machine, ' cores') > 0 THEN substr(machine, 1, instr(machine, ' cores') - 1)
                                  ELSE machine || ', ' END AS before
      FROM (SELECT machine, build FROM trials UNION SELECT machine, build FROM checkpoints
            UNION SELECT machine, build FROM range_tests));

ALTER TABLE trials ADD COLUMN provenance_id INTEGER REFERENCES provenances;
UPDATE trials SET provenance_id = (SELECT o.id FROM provenances o WHERE o.described = machine AND o.build = trials.build);
ALTER TABLE trials DROP COLUMN machine;
ALTER TABLE trials DROP COLUMN build;
ALTER TABLE trials DROP COLUMN cores;
CREATE INDEX trials_without_data_digest ON trials (hash) WHERE instr(spec, '"data":{"use":') > 0;

ALTER TABLE checkpoints ADD COLUMN provenance_id INTEGER REFERENCES provenances;
UPDATE checkpoints SET provenance_id =
  (SELECT o.id FROM provenances o WHERE o.described = machine AND o.build = checkpoints.build);
ALTER TABLE checkpoints DROP COLUMN machine;
ALTER TABLE checkpoints DROP COLUMN build;

ALTER TABLE range_tests ADD COLUMN provenance_id INTEGER REFERENCES provenances;
UPDATE range_tests SET provenance_id =
  (SELECT o.id FROM provenances o WHERE o.described = machine AND o.build = range_tests.build);
ALTER TABLE range_tests DROP COLUMN machine;
ALTER TABLE range_tests DROP COLUMN build;
ALTER TABLE range_tests ADD COLUMN steepest REAL;
ALTER TABLE range_tests ADD COLUMN tenth_of_minimum REAL;
ALTER TABLE range_tests ADD COLUMN refusal TEXT NOT NULL DEFAULT '';
CREATE TABLE range_tries (
  test_id INTEGER NOT NULL REFERENCES range_tests ON DELETE CASCADE,
  lr REAL NOT NULL,
  loss REAL,
  PRIMARY KEY (test_id, lr)
) WITHOUT ROWID;

CREATE VIEW results AS
SELECT e.name AS experiment, p.problem, p.optimizer, p.point, p.repetition, p.role, t.status, t.reason, t.steps,
       t.evaluations, t.epochs, t.gradient_seconds + t.optimizer_seconds AS seconds, t.target_metric,
       t.target_value, t.target_steps, t.target_epochs,
       t.target_gradient_seconds + t.target_optimizer_seconds AS target_seconds, t.parameters, t.state_bytes,
       o.processor AS machine, o.build, t.finished_at, t.id AS trial_id, o.cores, t.jobs, o.node, o.job,
       o.build_sha256, o.revision, o.flags, o.libm, o.blas, o.blas_kernel,
       t.spec ->> '$.problem.data.sha256' AS data_sha256
FROM planned p JOIN experiments e ON e.id = p.experiment_id JOIN trials t ON t.hash = p.hash
LEFT JOIN provenances o ON o.id = t.provenance_id
ORDER BY e.id, p.position;

CREATE VIEW curves AS
SELECT r.experiment, r.problem, r.optimizer, r.point, r.repetition, r.role,
       p.value ->> 0 AS step, p.value ->> 1 AS evaluations, p.value ->> 2 AS epochs,
       (p.value ->> 3) + (p.value ->> 4) AS seconds, n.value AS metric,
       CASE p.value ->> (5 + n.key) WHEN 'nan' THEN NULL WHEN 'inf' THEN 9e999 WHEN '-inf' THEN -9e999
            ELSE CAST(p.value ->> (5 + n.key) AS REAL) END AS value, r.trial_id
FROM results r JOIN evaluations e ON e.trial_id = r.trial_id
JOIN json_each(e.points) p JOIN json_each(e.metrics) n
WHERE p.value ->> (5 + n.key) IS NOT NULL;

CREATE VIEW final_metrics AS
SELECT c.experiment, c.problem, c.optimizer, c.point, c.repetition, c.role, c.metric, c.value, c.step, c.trial_id
FROM curves c JOIN evaluations e ON e.trial_id = c.trial_id
WHERE c.step = e.points ->> '$[#-1][0]';

CREATE VIEW range_tried AS
SELECT t.experiment, t.problem, t.optimizer, r.lr, r.loss, t.suggestion, t.steepest, t.tenth_of_minimum, t.refusal,
       t.finished_at
FROM range_tests t LEFT JOIN range_tries r ON r.test_id = t.id
ORDER BY t.id, r.lr;
)sql",
                                           R"sql(
ALTER TABLE trials ADD COLUMN scratch_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE experiments ADD COLUMN whole INTEGER;

DROP VIEW results;

CREATE VIEW results AS
SELECT e.name AS experiment, p.problem, p.optimizer, p.point, p.repetition, p.role, t.status, t.reason, t.steps,
       t.evaluations, t.epochs, t.gradient_seconds + t.optimizer_seconds AS seconds, t.target_metric,
       t.target_value, t.target_steps, t.target_epochs,
       t.target_gradient_seconds + t.target_optimizer_seconds AS target_seconds, t.parameters, t.state_bytes,
       o.processor AS machine, o.build, t.finished_at, t.id AS trial_id, o.cores, t.jobs, o.node, o.job,
       o.build_sha256, o.revision, o.flags, o.libm, o.blas, o.blas_kernel,
       t.spec ->> '$.problem.data.sha256' AS data_sha256, t.scratch_bytes
FROM planned p JOIN experiments e ON e.id = p.experiment_id JOIN trials t ON t.hash = p.hash
LEFT JOIN provenances o ON o.id = t.provenance_id
ORDER BY e.id, p.position;
)sql"};

/// Of a file that has all of them.
inline constexpr int results_schema_version = results_schema.size();

// Files of these versions are read as they are, through tables and views in their reader's memory that stand
// for what they lack.
inline constexpr int version_without_checksums = 4;
inline constexpr auto views_of_checksums = R"sql(
CREATE TEMP VIEW evaluations AS SELECT *, NULL AS checksum FROM main.evaluations;
CREATE TEMP VIEW trajectories AS SELECT *, NULL AS checksum FROM main.trajectories;
)sql";
inline constexpr auto views_of_version_5 = R"sql(
CREATE TEMP TABLE provenances AS
SELECT row_number() OVER () AS id, machine AS described, build,
       rtrim(rtrim(before, '0123456789'), ', ') AS processor,
       CAST(substr(before, length(rtrim(before, '0123456789')) + 1) AS INTEGER) AS cores,
       '' AS node, '' AS job, '' AS build_sha256, '' AS revision, '' AS flags, '' AS libm, '' AS blas, '' AS blas_kernel
FROM (SELECT machine, build, CASE WHEN instr(machine, ' cores') > 0 THEN substr(machine, 1, instr(machine, ' cores') - 1)
                                  ELSE machine || ', ' END AS before
      FROM (SELECT DISTINCT machine, build FROM main.trials));
CREATE TEMP VIEW trials AS
SELECT t.*, o.id AS provenance_id, 0 AS scratch_bytes FROM main.trials t
JOIN temp.provenances o ON o.described = t.machine AND o.build = t.build;
CREATE TEMP TABLE range_tries (test_id INTEGER, lr REAL, loss REAL);
CREATE TEMP VIEW range_tests AS
SELECT *, NULL AS steepest, NULL AS tenth_of_minimum, '' AS refusal FROM main.range_tests;
CREATE TEMP VIEW planned AS SELECT *, '[]' AS easier_targets FROM main.planned;
CREATE TEMP VIEW experiments AS SELECT *, NULL AS whole FROM main.experiments;
CREATE TEMP VIEW stand_ins AS
SELECT '' AS sha256, '' AS kind, '' AS id, '' AS file, '' AS hidden, 0 AS hides_shipped WHERE 0;
)sql";
inline constexpr int version_without_scratch = 6;
inline constexpr auto views_of_version_6 = R"sql(
CREATE TEMP VIEW trials AS SELECT *, 0 AS scratch_bytes FROM main.trials;
CREATE TEMP VIEW experiments AS SELECT *, NULL AS whole FROM main.experiments;
)sql";

}  // namespace ravine
