//! The language of the texts that a host localizes.

/// The language of a host: that of the titles and errors of jobs, of captions and of descriptions of a status. Names,
/// numbers and keys are the same in every language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
    /// Japanese.
    Japanese,
}

impl Language {
    /// Returns an English text in this language. A text without a translation stays English.
    pub(super) fn text(self, english: &'static str) -> &'static str {
        let found = TEXTS.iter().find(|(text, ..)| *text == english);
        match (self, found) {
            (Self::German, Some((_, german, _))) => german,
            (Self::Japanese, Some((.., japanese))) => japanese,
            _ => english,
        }
    }
}

/// Texts in English, German and Japanese.
const TEXTS: [(&str, &str, &str); 25] = [
    ("Virtual Machine", "Virtueller Computer", "仮想マシン"),
    (
        "Hosting Computer System",
        "Hostcomputersystem",
        "ホスト コンピューター システム",
    ),
    (
        "Operating normally",
        "Normaler Betrieb",
        "正常に動作しています",
    ),
    (
        "The job is waiting to be started",
        "Der Auftrag wartet auf den Start",
        "ジョブは開始を待機しています",
    ),
    (
        "The job is being started",
        "Der Auftrag wird gestartet",
        "ジョブを開始しています",
    ),
    (
        "The job is running",
        "Der Auftrag wird ausgeführt",
        "ジョブを実行しています",
    ),
    (
        "The job has completed",
        "Der Auftrag wurde abgeschlossen",
        "ジョブが完了しました",
    ),
    (
        "The job was terminated",
        "Der Auftrag wurde beendet",
        "ジョブは終了されました",
    ),
    (
        "The job was killed",
        "Der Auftrag wurde abgebrochen",
        "ジョブは強制終了されました",
    ),
    (
        "The job has failed",
        "Der Auftrag ist fehlgeschlagen",
        "ジョブが失敗しました",
    ),
    (
        "The job has completed with warnings",
        "Der Auftrag wurde mit Warnungen abgeschlossen",
        "ジョブが警告付きで完了しました",
    ),
    (
        "Enabling replication",
        "Replikation wird aktiviert",
        "レプリケーションを有効にしています",
    ),
    (
        "Modifying the replication settings",
        "Replikationseinstellungen werden geändert",
        "レプリケーションの設定を変更しています",
    ),
    (
        "Removing replication",
        "Replikation wird entfernt",
        "レプリケーションを削除しています",
    ),
    (
        "Starting initial replication",
        "Erste Replikation wird gestartet",
        "初期レプリケーションを開始しています",
    ),
    (
        "Sending the initial replica",
        "Erstes Replikat wird gesendet",
        "初期レプリカを送信しています",
    ),
    (
        "Changing the replication state",
        "Replikationsstatus wird geändert",
        "レプリケーションの状態を変更しています",
    ),
    (
        "Failing over",
        "Failover wird ausgeführt",
        "フェールオーバーを実行しています",
    ),
    (
        "Preparing a planned failover",
        "Geplantes Failover wird vorbereitet",
        "計画されたフェールオーバーを準備しています",
    ),
    (
        "Reversing replication",
        "Replikation wird umgekehrt",
        "レプリケーションを反転しています",
    ),
    (
        "Resynchronizing",
        "Neusynchronisierung wird ausgeführt",
        "再同期しています",
    ),
    (
        "'{name}' failed: {task}.",
        "Fehler bei \"{name}\": {task}.",
        "'{name}' で失敗しました: {task}。",
    ),
    (
        "the operation timed out, replica server '{}'",
        "Zeitüberschreitung, Replikatserver \"{}\"",
        "操作がタイムアウトしました。レプリカ サーバー '{}'",
    ),
    (
        "the name of the replica server '{}' could not be resolved",
        "der Name des Replikatservers \"{}\" konnte nicht aufgelöst werden",
        "レプリカ サーバー '{}' の名前を解決できませんでした",
    ),
    (
        "no connection to the replica server '{}'",
        "keine Verbindung mit dem Replikatserver \"{}\"",
        "レプリカ サーバー '{}' に接続できません",
    ),
];
