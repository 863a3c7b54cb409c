// Every text that a script says, by group. What a page is called and for stands in its
// HTML. Plain Indonesian: short sentences, what to do next, no blame.

/** What went wrong without the service having said it. */
export const errors = {
  service: "Layanan sedang bermasalah. Coba lagi beberapa saat lagi.",
  offline: "Sambungan terputus. Isian Anda masih ada di halaman ini; periksa jaringan, lalu coba lagi.",
  reference: (id) => `Bila berulang, sebutkan nomor ini kepada Pusat Bantuan: ${id}`,
  title: "Belum berhasil",
  again: "Coba Lagi",
};

/** What every page has around its content. */
export const page = {
  loading: "Memuat…",
  menu: "Menu",
  menuLabel: "Menu utama",
  signIn: "Masuk",
  signOut: "Keluar",
  signedInAs: (name) => `Masuk sebagai ${name}`,
  offline: "Anda sedang luring. Isian tidak hilang; kirim setelah tersambung kembali.",
  online: "Sambungan kembali.",
  newer: "Ada versi baru halaman ini.",
  reload: "Muat Ulang",
  notSignedInTitle: "Sesi Anda berakhir",
  notSignedInBody: "Masuk lagi untuk melanjutkan. Isian di halaman ini tidak hilang.",
  otherPerson: "Anda masuk sebagai orang lain. Halaman ini dimuat ulang.",
  nav: {
    accesses: "Manajemen Akses",
    settings: "Pengaturan",
    platforms: "Pilih Platform",
    messages: "Kotak Pesan",
    queue: "Verifikasi",
    meetings: "Antrean Rapat",
    substitutes: "Pengganti",
    collective: "Kolektif",
    handovers: "Serah Terima",
    resets: "Reset Kata Sandi",
    dashboard: "Dasbor",
    cutOffs: "Pemutusan Nasional",
  },
};

/** What repeats on many pages. */
export const ui = {
  close: "Tutup",
  cancel: "Batal",
  more: "Muat Lebih Banyak",
  moreDone: (count) => `${count} ditambahkan.`,
  end: "Semua sudah ditampilkan.",
  derivation: "Bagaimana tenggat ini dihitung",
  optional: "(tidak wajib)",
  busy: "Sedang dikirim…",
  required: (label) => `Isi ${label}.`,
  problems: (count) => (count === 1 ? "Satu isian perlu diperbaiki:" : `${count} isian perlu diperbaiki:`),
  show: "Tampilkan kata sandi",
  draftKept: "Isian Anda dari kunjungan sebelumnya dipulihkan.",
  draftDrop: "Mulai dari Awal",
};

/** Each status with a sentence about what it means. */
export const statuses = {
  pending: "Pengajuan sedang diperiksa verifikator. Anda belum dapat memakai akses ini.",
  active: "Akses ini dapat dipakai untuk masuk ke platform sampai akhir hari terakhirnya.",
  rejected: "Pengajuan ditolak. Baca alasannya, perbaiki, lalu ajukan lagi.",
  inactive: "Akses ini sudah dinonaktifkan. Aktifkan kembali bila masih bertugas.",
  expired: "Masa berlaku akses ini sudah lewat. Aktifkan kembali bila masih bertugas.",
};

/** Time left, by the service's clock. */
export const countdown = {
  over: "sudah lewat",
  left: (text) => `${text} lagi`,
  ago: (text) => `lewat ${text}`,
  days: (n) => `${n} hari`,
  hours: (n) => `${n} jam`,
  minutes: (n) => `${n} menit`,
  seconds: (n) => `${n} detik`,
};

/** What a page says about the line that it hears the service by. */
export const live = {
  up: "Tersambung. Halaman ini memperbarui diri.",
  lost: "Sambungan terputus. Menyambung kembali…",
};

/** Choosing from a long list by typing. */
export const combobox = {
  hint: "Ketik beberapa huruf, lalu pilih dari daftar.",
  none: "Tidak ada yang cocok. Coba kata lain.",
  count: (n) => `${n} pilihan. Pakai panah bawah untuk memilih.`,
  more: "Masih ada yang lain; ketik untuk mempersempit.",
  searching: "Mencari…",
  failed: "Daftar belum dapat dimuat. Coba ketik lagi.",
  choose: (label) => `Pilih ${label} dari daftar.`,
};

/** Charts. */
export const chart = {
  figures: (n) => `Angka dalam tabel (${n} baris)`,
  column: (name, value, part) => (part ? `${name}: ${value}, di antaranya ${part} berarsir` : `${name}: ${value}`),
};

/** Uploading a decree. */
export const upload = {
  choose: "Pilih Berkas PDF",
  replace: "Ganti Berkas",
  rules: "Satu berkas PDF, paling besar 2 MB.",
  tooLarge: (size) => `Berkas ini ${size}. Paling besar 2 MB; pindai ulang dengan resolusi lebih kecil.`,
  notPdf: "Berkas ini bukan PDF. Simpan atau pindai sebagai PDF, lalu pilih lagi.",
  empty: "Berkas ini kosong. Pilih berkas lain.",
  missing: "Pilih berkas PDF.",
  orDrop: "atau seret ke kotak ini",
  one: "Pilih satu berkas saja. Gabungkan bila suratnya terpisah-pisah.",
  unreadable: "Berkas ini tidak dapat dibaca. Bila berada di ponsel atau penyimpanan awan, unduh dahulu, lalu pilih lagi.",
  sending: (name) => `Mengunggah ${name}`,
  progress: (percent) => `Mengunggah ${percent}%`,
  checking: "Terkirim; sedang diperiksa…",
  done: (name, size) => `${name} (${size}) terunggah.`,
  failed: "Unggahan terputus. Berkas masih terpilih dan diunggah lagi begitu tersambung; atau tekan “Coba Lagi”.",
  waiting: "Tunggu sampai berkas selesai diunggah.",
};

/** A PDF in a page. */
export const documents = {
  show: (title) => `Tampilkan ${title}`,
  shown: (title) => `${title} ditampilkan.`,
  save: (title, size) => `Unduh ${title} (${["PDF", size].filter(Boolean).join(", ")})`,
  alone: "Buka di Tab Baru",
  notHere: "Peramban ini tidak dapat menampilkan PDF di dalam halaman. Buka di tab baru atau unduh berkasnya untuk membacanya.",
};

/** Single keys. */
export const shortcuts = {
  title: "Pintasan papan tik",
  help: "Buka bantuan ini",
  use: "Pakai pintasan satu tombol",
  useHelp: "Matikan bila tombol sering tertekan tanpa sengaja. Pilihan ini diingat di peramban ini.",
};

/** A text with a bound. */
export const counted = {
  left: (left, max) => `Tersisa ${left} dari ${max} huruf.`,
  over: (over, max) => `Kelebihan ${over} huruf; paling panjang ${max}.`,
};

/** Masuk. */
export const signIn = {
  email: "Surel",
  password: "Kata sandi",
  submit: "Masuk",
  already: (name) => `Anda sudah masuk sebagai ${name}.`,
  go: "Lanjutkan",
  forgotten: "Lupa kata sandi?",
};
