//! The six steps of a check as they come.

use async_trait::async_trait;
use tokio::time::Instant;

use crate::domain::{StepKind, StepReport, StepState};

/// Who is told when a step begins or ends.
#[async_trait]
pub trait Progress: Send + Sync {
    /// All six steps as they stand now.
    async fn changed(&self, steps: &[StepReport]);
}

/// Nobody is told.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoProgress;

#[async_trait]
impl Progress for NoProgress {
    async fn changed(&self, _steps: &[StepReport]) {}
}

/// The steps of a running check.
pub(super) struct Steps<'a> {
    reports: Vec<StepReport>,
    started: Instant,
    progress: &'a dyn Progress,
}

impl<'a> Steps<'a> {
    pub(super) fn new(progress: &'a dyn Progress) -> Self {
        Self { reports: StepKind::ALL.map(StepReport::waiting).into(), started: Instant::now(), progress }
    }

    /// Milliseconds since the check began.
    pub(super) fn elapsed_ms(&self) -> u32 {
        u32::try_from(self.started.elapsed().as_millis()).unwrap_or(u32::MAX)
    }

    /// Says that `kind` is under way.
    pub(super) async fn begin(&mut self, kind: StepKind, detail: String) {
        let now = self.elapsed_ms();
        if let Some(report) = self.find(kind) {
            *report = StepReport { kind, state: StepState::Running, started_ms: now, took_ms: 0, detail };
        }
        self.progress.changed(&self.reports).await;
    }

    /// Says how `kind` ended.
    pub(super) async fn end(&mut self, kind: StepKind, state: StepState, detail: String) {
        self.settle(kind, state, detail);
        self.progress.changed(&self.reports).await;
    }

    /// The step that is under way, or the first one when none is.
    pub(super) fn current(&self) -> StepKind {
        self.reports.iter().find(|report| report.state == StepState::Running).map_or(StepKind::Resolve, |report| report.kind)
    }

    /// Fails `kind` and ends the rest unrun.
    pub(super) async fn fail(&mut self, kind: StepKind, detail: String) {
        self.settle(kind, StepState::Failed, detail);
        for report in self.reports.iter_mut().filter(|report| matches!(report.state, StepState::Waiting | StepState::Running)) {
            report.state = StepState::NotRun;
        }
        self.progress.changed(&self.reports).await;
    }

    pub(super) fn into_reports(self) -> Vec<StepReport> {
        self.reports
    }

    fn settle(&mut self, kind: StepKind, state: StepState, detail: String) {
        let now = self.elapsed_ms();
        if let Some(report) = self.find(kind) {
            report.took_ms = now.saturating_sub(report.started_ms);
            report.state = state;
            report.detail = detail;
        }
    }

    fn find(&mut self, kind: StepKind) -> Option<&mut StepReport> {
        self.reports.iter_mut().find(|report| report.kind == kind)
    }
}
