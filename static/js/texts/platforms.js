// What "Pilih Platform" says, from the choice to the platform's own door.

export const platforms = {
  // The column, and the dialog that it opens.
  column: "Pilih Platform",
  columnHelp: "Tekan untuk melihat platform yang dapat Anda masuki.",
  change: "Ganti Platform",
  choose: "Pilih",
  which: "Platform yang ingin Anda masuki",
  missing: "Pilih satu platform.",
  closed: "Belum dapat dimasuki",
  why: "Mengapa saya tidak bisa masuk?",
  whyFor: (name) => `Mengapa saya tidak bisa masuk ke ${name}?`,
  noneOpen: "Belum ada platform yang dapat Anda masuki. Alasannya ada pada setiap platform di bawah ini.",
  none: "Belum ada platform yang tersedia. Coba lagi nanti.",
  toAccesses: "Manajemen Akses",
  unknown: "Platform ini tidak ada. Pilih platform lain.",

  // Which access.
  platform: "Platform",
  access: "Akses",
  changeAccess: "Ganti Akses",
  accessesTitle: "Daftar akses Anda",
  accesses: "Akses yang dipakai untuk masuk",
  accessText: (it) => `${it.role.name}, ${it.work_unit.name}`,
  until: "berlaku sampai",
  accessMissing: "Pilih satu akses.",
  next: "Selanjutnya",

  // Terms and privacy policy.
  termsTitle: "Syarat dan Ketentuan serta Kebijakan Privasi",
  termsLead: (name) => `Baca dan setujui keduanya sebelum masuk ke ${name}. Ini diminta sekali untuk setiap versi.`,
  terms: "Syarat dan Ketentuan",
  privacy: "Kebijakan Privasi",
  version: (it) => `Versi ${it.version}, berlaku sejak ${it.valid_from.text}`,
  agreed: (text) => `Versi ini sudah Anda setujui pada ${text}.`,
  readAt: (title) => `Baca ${title} (tab baru)`,
  fingerprint: "Sidik digital teks ini (SHA-256)",
  loading: "Memuat teks…",
  agree: "Setuju",
  agreedNow: "Persetujuan Anda tercatat.",

  // Entering.
  enterTitle: (name) => `Masuk ke ${name}`,
  enterHelp: (name) => `${name} menerima nama, peran, instansi, dan satuan kerja Anda, tanpa kata sandi.`,
  enter: "Masuk",
  leaving: (name) => `Anda sedang diarahkan ke ${name}. Bila halaman tidak berganti, tekan “Masuk” sekali lagi.`,
};
