//! What went wrong, in the two languages it needs: for the person who asked
//! (RFC 9457, Indonesian, what to do), and for the operator (the log).

use crate::call::Call;
use crate::identity::REQUEST_ID_HEADER;
use crate::reply::Reply;
use crate::store;
use akses_domain::access::{EXTENSION_DAYS_MAX, REASON_CHARS_MAX, Refusal};
use akses_domain::time::TERM_YEARS_MAX;
use akses_domain::words;
use serde_json::{Map, Value, json};
use spin_sdk::http::{HeaderName, HeaderValue, Method, StatusCode};

/// `type` is this and the kind: stable, for programs.
const TYPE_PREFIX: &str = "urn:inaproc:akses:problem:";

/// One problem. Nothing in it but `inside` was written for operators, and
/// `inside` never leaves the log.
#[derive(Debug)]
pub struct Problem(Box<Content>);

/// Boxed, because every operation hands a result with a problem through its
/// whole stack, and almost none of them holds one.
#[derive(Debug)]
struct Content {
    status: StatusCode,
    kind: String,
    detail: String,
    errors: Vec<(String, String)>,
    extra: Map<String, Value>,
    headers: Vec<(&'static str, String)>,
    inside: Option<String>,
}

impl Problem {
    /// Any problem.
    pub fn new(status: StatusCode, kind: &str, detail: &str) -> Self {
        Self(Box::new(Content {
            status,
            kind: kind.to_owned(),
            detail: detail.to_owned(),
            errors: Vec::new(),
            extra: Map::new(),
            headers: Vec::new(),
            inside: None,
        }))
    }

    /// 400: the request itself is not as it should be.
    pub fn bad_request(kind: &str, detail: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, kind, detail)
    }

    /// 422: one field is wrong.
    pub fn field(field: &str, kind: &str, detail: &str) -> Self {
        let mut problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            kind,
            &format!("Periksa bidang {field}: {detail}"),
        );
        problem.0.errors.push((field.to_owned(), detail.to_owned()));
        problem
    }

    /// All of these at once: one as it is, several fields as one problem.
    /// Whatever is not about a field leads, alone.
    ///
    /// # Errors
    /// The problem, if there is one.
    pub fn none_of(problems: Vec<Self>) -> Result<(), Self> {
        let (fields, mut others): (Vec<_>, Vec<_>) =
            problems.into_iter().partition(Self::is_about_a_field);
        if !others.is_empty() {
            return Err(others.swap_remove(0));
        }
        let mut fields = fields.into_iter();
        let Some(mut first) = fields.next() else {
            return Ok(());
        };
        let more: Vec<_> = fields.flat_map(|problem| problem.0.errors).collect();
        if !more.is_empty() {
            first.0.errors.extend(more);
            let count = first.0.errors.len();
            first.0.kind = "invalid-form".to_owned();
            first.0.detail = format!("Ada {count} isian yang perlu diperbaiki.");
        }
        Err(first)
    }

    fn is_about_a_field(&self) -> bool {
        self.0.status == StatusCode::UNPROCESSABLE_ENTITY && !self.0.errors.is_empty()
    }

    /// 412: what the caller changed is not what stands there.
    pub fn stale(kind: &str, detail: &str) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, kind, detail)
    }

    /// 428: the caller has to say which revision is meant.
    pub fn if_match_missing() -> Self {
        Self::new(
            StatusCode::PRECONDITION_REQUIRED,
            "if-match-missing",
            "Sertakan kepala If-Match dengan revisi draf yang Anda baca, agar draf dari jendela lain tidak tertimpa.",
        )
    }

    /// 409: it was right, but something else came first.
    pub fn conflict(kind: &str, detail: &str) -> Self {
        Self::new(StatusCode::CONFLICT, kind, detail)
    }

    /// 403: this person may not.
    pub fn forbidden(kind: &str, detail: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, kind, detail)
    }

    /// 403: only who looks after an institution's accesses may.
    pub fn not_an_official() -> Self {
        Self::forbidden(
            "not-an-official",
            "Hanya VAI dan Kepala UKPBJ dengan akses yang masih aktif yang dapat melakukan ini untuk instansinya.",
        )
    }

    /// 404: there is none, or it is none of the caller's business.
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "Yang Anda cari tidak ada, atau bukan bagian Anda. Periksa alamatnya, lalu coba dari awal.",
        )
    }

    /// 401.
    pub fn not_signed_in() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "not-signed-in",
            "Anda belum masuk, atau sesi Anda sudah berakhir. Masuk dahulu, lalu ulangi.",
        )
        .with_header("www-authenticate", "Bearer")
    }

    /// 405.
    pub(crate) fn method_not_allowed(allowed: &Method) -> Self {
        let allow = if allowed == Method::GET {
            "GET, HEAD"
        } else {
            allowed.as_str()
        };
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            &format!("Alamat ini tidak melayani cara permintaan tersebut. Pakai {allow}."),
        )
        .with_header("allow", allow)
    }

    /// 413.
    pub fn body_too_large(bytes_max: usize) -> Self {
        let detail = format!("Isi permintaan terlalu besar; paling besar {bytes_max} bita.");
        let mut problem = Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", &detail);
        problem.0.errors.push(("body".to_owned(), detail));
        problem
    }

    /// 400: fewer or more bytes than announced.
    pub(crate) fn body_incomplete() -> Self {
        Self::bad_request(
            "incomplete",
            "Isi permintaan tidak sampai dengan utuh. Periksa sambungan Anda, lalu kirim ulang.",
        )
    }

    /// 500: our fault. The text is for the log.
    pub fn internal(inside: impl Into<String>) -> Self {
        let mut problem = Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Terjadi kesalahan pada layanan, bukan pada Anda. Tidak ada yang hilang; coba lagi \
             sebentar lagi. Bila tetap terjadi, sebutkan nomor permintaan ini kepada Pusat Bantuan.",
        );
        problem.0.inside = Some(inside.into());
        problem
    }

    /// 503: the service cannot do this now, and an operator has to see to it. The
    /// last text is for the log.
    pub fn unavailable(kind: &str, detail: &str, inside: impl Into<String>) -> Self {
        let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, kind, detail);
        problem.0.inside = Some(inside.into());
        problem
    }

    /// 503: others changed the same thing again and again at this very moment. Nothing
    /// is wrong, and trying again helps. The text is for the log.
    pub fn overtaken(inside: impl Into<String>) -> Self {
        Self::unavailable(
            "busy",
            "Data ini sedang diubah oleh banyak permintaan sekaligus. Perubahan Anda belum \
             tersimpan; coba lagi sebentar lagi.",
            inside,
        )
        .with_header("retry-after", "1")
    }

    /// Adds a member that programs can read.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.extra.insert(name.to_owned(), value.into());
        self
    }

    /// Adds what operators need to know: it goes to the log and never into an
    /// answer. It must name nobody.
    #[must_use]
    pub fn logged(mut self, inside: impl Into<String>) -> Self {
        self.0.inside = Some(inside.into());
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.0.headers.push((name, value.to_owned()));
        self
    }

    /// What operators have to know.
    pub fn inside(&self) -> Option<&str> {
        self.0.inside.as_deref()
    }

    /// The stable kind.
    pub fn kind(&self) -> &str {
        &self.0.kind
    }

    /// What people are told.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The fields that are wrong, each with what to do.
    pub fn errors(&self) -> &[(String, String)] {
        &self.0.errors
    }

    /// The first field that is wrong, if the problem lies in a field.
    pub fn first_field(&self) -> Option<&str> {
        self.0.errors.first().map(|(field, _)| field.as_str())
    }

    /// Logs it for operators, for a call that is answered with something else.
    pub fn log_for(&self, call: &Call) {
        let request_id = call.header(REQUEST_ID_HEADER);
        self.log(
            request_id
                .and_then(|id| HeaderValue::from_str(id).ok())
                .as_ref(),
        );
    }

    pub(crate) fn log(&self, request_id: Option<&HeaderValue>) {
        if let Some(inside) = &self.0.inside {
            let request_id = request_id.and_then(|id| id.to_str().ok()).unwrap_or("-");
            let status = self.0.status.as_u16();
            let line = json!({ "level": "ERROR", "request_id": request_id, "status": status, "message": inside });
            crate::log::line(&line);
        }
    }

    /// The answer, as `application/problem+json`.
    pub fn into_reply(self, request_id: Option<&HeaderValue>) -> Reply {
        let content = *self.0;
        let mut body = content.extra;
        body.insert(
            "type".to_owned(),
            format!("{TYPE_PREFIX}{}", content.kind).into(),
        );
        body.insert("title".to_owned(), title(content.status).into());
        body.insert("status".to_owned(), content.status.as_u16().into());
        body.insert("detail".to_owned(), content.detail.into());
        if !content.errors.is_empty() {
            let errors = content
                .errors
                .iter()
                .map(|(field, detail)| json!({ "field": field, "detail": detail }))
                .collect();
            body.insert("errors".to_owned(), Value::Array(errors));
        }
        if let Some(id) = request_id.and_then(|id| id.to_str().ok()) {
            body.insert("instance".to_owned(), format!("urn:uuid:{id}").into());
        }
        let mut reply = Reply::bytes(
            "application/problem+json; charset=utf-8",
            Value::Object(body).to_string(),
        );
        reply.status = content.status;
        for (name, value) in content.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                reply.headers.push((HeaderName::from_static(name), value));
            }
        }
        if let Some(id) = request_id {
            reply
                .headers
                .push((HeaderName::from_static(REQUEST_ID_HEADER), id.clone()));
        }
        reply
    }
}

fn title(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "Permintaan tidak dapat dibaca",
        401 => "Belum masuk",
        403 => "Tidak berwenang",
        404 => "Tidak ditemukan",
        405 => "Cara permintaan tidak dilayani",
        409 => "Keadaan sudah berubah",
        412 => "Keadaan sudah berubah",
        413 => "Terlalu besar",
        415 => "Jenis berkas tidak diterima",
        422 => "Isian perlu diperbaiki",
        428 => "Revisi perlu disebutkan",
        429 => "Terlalu sering dicoba",
        503 => "Layanan sedang tidak siap",
        507 => "Penyimpanan penuh",
        _ => "Kesalahan pada layanan",
    }
}

/// What the store could not do.
pub type StoreFault = store::types::Error;

impl From<StoreFault> for Problem {
    fn from(fault: StoreFault) -> Self {
        let (status, kind, detail, inside) = match fault {
            StoreFault::Unavailable(inside) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "store-unavailable",
                "Penyimpanan sedang sibuk; belum ada yang dicatat. Coba lagi sebentar lagi.",
                inside,
            ),
            StoreFault::Full(inside) => (
                StatusCode::INSUFFICIENT_STORAGE,
                "store-full",
                "Penyimpanan layanan penuh; belum ada yang dicatat. Coba lagi nanti.",
                inside,
            ),
            StoreFault::UnknownSchema(inside) | StoreFault::Corrupt(inside) => {
                return Self::internal(inside);
            }
        };
        let mut problem = Self::new(status, kind, detail).with_header("retry-after", "5");
        problem.0.inside = Some(inside);
        problem
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::UnknownAccess | Refusal::UnknownRequest => Self::not_found(),
            Refusal::AccessExists => Self::conflict(
                "access-exists",
                "Anda sudah memiliki akses untuk peran dan satuan kerja ini. Lihat daftar akses Anda.",
            ),
            Refusal::AlreadyWaiting => Self::conflict(
                "already-waiting",
                "Pengajuan untuk akses ini sudah terkirim dan menunggu verifikasi. Anda tidak perlu mengirim lagi.",
            ),
            Refusal::RoleNotRegistrable => Self::field(
                "role",
                "role-not-registrable",
                "Peran ini tidak dapat didaftarkan sendiri. Pilih peran lain.",
            ),
            Refusal::RoleConflict(clash) => Self::conflict(
                "role-conflict",
                &format!(
                    "Peran ini tidak boleh dirangkap dengan {} yang masih aktif di {} ({}). \
                     Akses itu harus dinonaktifkan lebih dahulu.",
                    clash.held.role_name, clash.held.work_unit_name, clash.source
                ),
            )
            .with("rule", clash.rule)
            .with("source", clash.source),
            Refusal::NotConfirmed => Self::field(
                "confirmed",
                "not-confirmed",
                "Centang konfirmasi bahwa data sudah benar, lalu kirim.",
            ),
            Refusal::AddressMissing => Self::field(
                "address",
                "address-missing",
                "Anda pendaftar pertama di satuan kerja ini; isi alamat satuan kerja.",
            ),
            Refusal::EndDatePast => Self::field(
                "valid_until",
                "end-date-past",
                "Tanggal masa berlaku sudah lewat. Isi tanggal hari ini atau sesudahnya.",
            ),
            Refusal::EndDateTooFar => Self::field(
                "valid_until",
                "end-date-too-far",
                &format!("Masa berlaku paling lama {TERM_YEARS_MAX} tahun dari hari ini."),
            ),
            Refusal::NotAVerifier => Self::forbidden(
                "not-a-verifier",
                "Hanya verifikator (VAI) dengan akses yang masih aktif yang dapat melakukan ini. Bila akses VAI Anda berakhir, ajukan pengaktifan kembali.",
            ),
            Refusal::OwnRequest => Self::forbidden(
                "own-request",
                "Pengajuan sendiri tidak dapat diputus sendiri. Verifikator lain akan memutusnya.",
            ),
            Refusal::AlreadyDecided(decision) => Self::conflict(
                "already-decided",
                "Pengajuan ini sudah diputus; keputusan itu yang berlaku. Muat ulang antrean.",
            )
            .with("outcome", if decision.approved { "approved" } else { "rejected" })
            .with("decided_as", json!(decision.decided_as))
            .with("decided_at_ms", decision.at.ms()),
            Refusal::NoLongerWaiting => Self::conflict(
                "no-longer-waiting",
                "Pengajuan ini tidak lagi menunggu verifikasi. Muat ulang antrean.",
            ),
            Refusal::ReasonMissing => Self::field(
                "reason",
                "reason-missing",
                "Tulis alasan penolakan; alasan ini dikirim kepada pemohon.",
            ),
            Refusal::ReasonTooLong => Self::field(
                "reason",
                "reason-too-long",
                &format!("Alasan paling panjang {REASON_CHARS_MAX} huruf."),
            ),
            Refusal::NotAttested => Self::field(
                "attested",
                "not-attested",
                "Nyatakan bahwa masa berlaku sesuai dengan SK/ST sebelum menyetujui.",
            ),
            Refusal::LaterThanDecree { decree } => Self::field(
                "valid_until",
                "later-than-decree",
                &format!("Masa berlaku tidak boleh melewati {}.", words::date(decree)),
            ),
            Refusal::NotActive { status } => Self::conflict(
                "not-active",
                &format!("Hanya akses Aktif yang dapat dinonaktifkan; akses ini {}.", words::status(status)),
            )
            .with("access_status", json!(status)),
            Refusal::NotReactivatable { status } => Self::conflict(
                "not-reactivatable",
                &format!(
                    "Hanya akses Tidak Aktif atau Kedaluwarsa yang dapat diaktifkan kembali; akses ini {}.",
                    words::status(status)
                ),
            )
            .with("access_status", json!(status)),
            Refusal::NotExtendable { status } => Self::conflict(
                "not-extendable",
                &format!(
                    "Hanya akses Aktif yang dapat diperpanjang; akses ini {}. Bila sudah berakhir, pakai Aktifkan Kembali.",
                    words::status(status)
                ),
            )
            .with("access_status", json!(status)),
            Refusal::ExtensionTooEarly { from } => Self::conflict(
                "extension-too-early",
                &format!(
                    "Perpanjangan dapat diajukan mulai {} hari sebelum masa berlaku berakhir, yaitu mulai {}.",
                    EXTENSION_DAYS_MAX,
                    words::weekday_date(from)
                ),
            )
            .with("extendable_from", from.to_string()),
            Refusal::NotLater { current } => Self::field(
                "valid_until",
                "not-later",
                &format!(
                    "Perpanjangan harus berakhir sesudah masa berlaku yang sekarang, {}.",
                    words::date(current)
                ),
            ),
            Refusal::SuccessorIsOwner => Self::field(
                "handover.successor_email",
                "successor-is-owner",
                "Penerus pekerjaan haruslah orang lain.",
            ),
            Refusal::NotEnded { status } => Self::conflict(
                "not-ended",
                &format!(
                    "Penerus disebutkan sesudah akses berakhir; akses ini {}.",
                    words::status(status)
                ),
            )
            .with("access_status", json!(status)),
            Refusal::HandoverNamed => Self::conflict(
                "handover-named",
                "Penerus pekerjaan dari akses ini sudah dicatat. Anda tidak perlu menyebutkannya lagi.",
            ),
            Refusal::NotDue => Self::conflict("not-due", "Masa berlaku akses ini belum lewat."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(field: &str) -> Problem {
        Problem::field(field, "too-long", "Paling panjang 5 huruf.")
    }

    #[test]
    fn several_wrong_fields_are_one_problem_and_one_stays_as_it_is() {
        assert!(Problem::none_of(vec![]).is_ok());
        let one = Problem::none_of(vec![about("a")]).unwrap_err();
        assert_eq!((one.kind(), one.errors().len()), ("too-long", 1));
        let both = Problem::none_of(vec![about("a"), about("b")]).unwrap_err();
        let fields: Vec<_> = both
            .errors()
            .iter()
            .map(|(field, _)| field.as_str())
            .collect();
        assert_eq!((both.kind(), fields), ("invalid-form", vec!["a", "b"]));
        // A store that does not answer is no matter of fields.
        let fault = Problem::internal("x");
        let fault = Problem::none_of(vec![about("a"), fault]).unwrap_err();
        assert_eq!(fault.kind(), "internal");
    }
}
