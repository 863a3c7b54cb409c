//! Compiled code on disk, so that a start does not compile again.
//!
//! A file is named by everything its code depends on and by its own checksum:
//! `KEY-CHECKSUM.cwasm`. What does not fit its name, or this build of the
//! engine, is compiled anew. Files are native code that the host runs, so the
//! folder must belong to whoever runs the host; it is created that way.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use super::limits::CODE_KEPT_DAYS;
use crate::compose::{COMPOSITION_VERSION, DependencyPart, Part, compose};

const EXTENSION: &str = "cwasm";
/// What is read of a file at a time, to see that it is whole.
const CHECKED_BYTES: usize = 64 * 1024;

/// A component whose code takes memory only while an instance uses it.
pub struct Code {
    component: Component,
    /// Whether its memory is a file, which can be read again.
    is_mapped: bool,
    users: AtomicUsize,
}

impl Code {
    fn new(component: Component, is_mapped: bool) -> Self {
        let code = Self {
            component,
            is_mapped,
            users: AtomicUsize::new(0),
        };
        code.rest();
        code
    }

    /// The component.
    pub fn component(&self) -> &Component {
        &self.component
    }

    /// Notes one more instance.
    pub fn use_it(self: &Arc<Self>) -> CodeUse {
        self.users.fetch_add(1, Ordering::Relaxed);
        CodeUse(self.clone())
    }

    /// Gives the pages of the code back to the system. Whoever uses it again finds
    /// most of them in the system's file cache: each operation has two megabytes of
    /// code, there are many operations, and at one time few are used.
    fn rest(&self) {
        if !self.is_mapped {
            return;
        }
        let image = self.component.image_range();
        let bytes = image.end.addr() - image.start.addr();
        // SAFETY: the range is the engine's private mapping of a file that is never
        // written once it has its name. The engine makes it read-only and allows no
        // relocations in it, so every page comes back as it was.
        let told = unsafe {
            rustix::mm::madvise(
                image.start.cast_mut().cast(),
                bytes,
                rustix::mm::Advice::LinuxDontNeed,
            )
        };
        if let Err(error) = told {
            tracing::debug!(%error, "code stays in memory");
        }
    }
}

/// An instance that uses a component's code.
pub struct CodeUse(Arc<Code>);

impl Drop for CodeUse {
    fn drop(&mut self) {
        if self.0.users.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.0.rest();
        }
    }
}

/// One component to be, with everything that goes into it.
pub struct Recipe<'a> {
    /// The component itself.
    pub main: Part<'a>,
    /// What is plugged into its imports.
    pub dependencies: Vec<DependencyPart<'a>>,
    /// What stands before it, outermost first.
    pub middleware: Vec<Part<'a>>,
}

impl Recipe<'_> {
    fn key(&self, engine: &Engine) -> String {
        let mut compatibility = DefaultHasher::new();
        engine
            .precompile_compatibility_hash()
            .hash(&mut compatibility);
        let mut digest = Sha256::new();
        digest.update(COMPOSITION_VERSION.to_le_bytes());
        digest.update(compatibility.finish().to_le_bytes());
        let mut add = |role: &str, part: &Part<'_>| {
            let header = format!("{role} {} {:?} {}\n", part.id, part.grants, part.wasm.len());
            digest.update(header.as_bytes());
            digest.update(&part.wasm);
        };
        add("main", &self.main);
        for dependency in &self.dependencies {
            add(dependency.import, &dependency.part);
        }
        for part in &self.middleware {
            add("middleware", part);
        }
        digest
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn compose(&self) -> Result<Vec<u8>> {
        compose(&self.main, &self.dependencies, &self.middleware)
    }
}

/// Makes all components, on all cores; in the order of `items`. The recipe of an item is
/// asked for when its turn comes and dropped after it: all together they would be 40 MB.
pub fn load_all<'a, T: Sync>(
    engine: &Engine,
    folder: &Path,
    items: &[T],
    recipe: impl Fn(&T) -> Result<Recipe<'a>> + Sync,
) -> Result<Vec<Arc<Code>>> {
    let started = Instant::now();
    let cache = CodeFolder::open(folder);
    let next = AtomicUsize::new(0);
    let compiled = AtomicUsize::new(0);
    let made: Vec<Mutex<Option<Result<Code>>>> = items.iter().map(|_| Mutex::new(None)).collect();
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..cores.min(items.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else {
                        break;
                    };
                    let code = recipe(item)
                        .and_then(|recipe| cache.load_or_compile(engine, &recipe, &compiled));
                    *made[index].lock().expect("one thread a slot") = Some(code);
                }
            });
        }
    });
    cache.remove_old();
    tracing::info!(
        components = items.len(),
        compiled = compiled.load(Ordering::Relaxed),
        ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "components are loaded"
    );
    made.into_iter()
        .map(|slot| {
            slot.into_inner()
                .expect("one thread a slot")
                .expect("every item was taken")
                .map(Arc::new)
        })
        .collect()
}

struct CodeFolder {
    folder: PathBuf,
    files: HashMap<String, CodeFile>,
    used: Mutex<Vec<PathBuf>>,
}

struct CodeFile {
    path: PathBuf,
    checksum: u32,
}

impl CodeFolder {
    /// A folder that cannot be made or read only costs time.
    fn open(folder: &Path) -> Self {
        if let Err(error) = create_private(folder) {
            tracing::warn!(folder = %folder.display(), %error, "compiled code cannot be kept there");
        }
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let files = entries
            .filter_map(|entry| CodeFile::recognise(entry.path()))
            .collect();
        Self {
            folder: folder.to_owned(),
            files,
            used: Mutex::default(),
        }
    }

    fn load_or_compile(
        &self,
        engine: &Engine,
        recipe: &Recipe<'_>,
        compiled: &AtomicUsize,
    ) -> Result<Code> {
        let key = recipe.key(engine);
        if let Some(file) = self.files.get(&key) {
            match file.load(engine) {
                Ok(code) => {
                    self.note_use(&file.path);
                    return Ok(code);
                }
                Err(error) => {
                    tracing::warn!(file = %file.path.display(), error = format!("{error:#}"), "compiled code cannot be used and is made anew");
                    let _ = std::fs::remove_file(&file.path);
                }
            }
        }
        compiled.fetch_add(1, Ordering::Relaxed);
        self.compile(engine, recipe, &key)
            .with_context(|| format!("component {:?} cannot be prepared", recipe.main.id))
    }

    fn compile(&self, engine: &Engine, recipe: &Recipe<'_>, key: &str) -> Result<Code> {
        let wasm = recipe.compose()?;
        let bytes = engine.precompile_component(&wasm)?;
        let file = CodeFile::at(&self.folder, key, &bytes);
        match file.write(&bytes).and_then(|()| file.load(engine)) {
            Ok(code) => {
                self.note_use(&file.path);
                Ok(code)
            }
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "compiled code cannot be kept");
                // SAFETY: the bytes come from this engine, a moment ago.
                let component = unsafe { Component::deserialize(engine, &bytes) }?;
                Ok(Code::new(component, false))
            }
        }
    }

    fn note_use(&self, path: &Path) {
        let now = SystemTime::now();
        // The time of the last use, for `remove_old`.
        let _ = std::fs::File::open(path).and_then(|file| file.set_modified(now));
        self.used
            .lock()
            .expect("nobody panics with it")
            .push(path.to_owned());
    }

    /// Every rebuild of a component leaves its former code behind.
    fn remove_old(&self) {
        let kept = Duration::from_secs(CODE_KEPT_DAYS * 24 * 60 * 60);
        let used = self.used.lock().expect("nobody panics with it");
        for file in self
            .files
            .values()
            .filter(|file| !used.contains(&file.path))
        {
            let modified = std::fs::metadata(&file.path).and_then(|metadata| metadata.modified());
            let is_old = modified.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > kept));
            if is_old {
                let _ = std::fs::remove_file(&file.path);
            }
        }
    }
}

impl CodeFile {
    fn at(folder: &Path, key: &str, code: &[u8]) -> Self {
        let checksum = crc32fast::hash(code);
        let path = folder.join(format!("{key}-{checksum:08x}.{EXTENSION}"));
        Self { path, checksum }
    }

    fn recognise(path: PathBuf) -> Option<(String, Self)> {
        if path.extension()? != EXTENSION {
            return None;
        }
        let (key, checksum) = path.file_stem()?.to_str()?.split_once('-')?;
        let key = key.to_owned();
        let checksum = u32::from_str_radix(checksum, 16).ok()?;
        Some((key, Self { path, checksum }))
    }

    fn load(&self, engine: &Engine) -> Result<Code> {
        anyhow::ensure!(
            self.read_checksum()? == self.checksum,
            "the file is damaged"
        );
        // SAFETY: the folder is private to whoever runs the host, the checksum
        // shows that the file is as this program wrote it, and the engine
        // checks that it wrote it with the same version and settings.
        let component = unsafe { Component::deserialize_file(engine, &self.path) }?;
        Ok(Code::new(component, true))
    }

    fn read_checksum(&self) -> Result<u32> {
        let mut file = std::fs::File::open(&self.path)?;
        let mut part = vec![0; CHECKED_BYTES];
        let mut checksum = crc32fast::Hasher::new();
        loop {
            match file.read(&mut part)? {
                0 => return Ok(checksum.finalize()),
                bytes => checksum.update(&part[..bytes]),
            }
        }
    }

    /// Whole or not at all: others may start with the same folder right now.
    fn write(&self, code: &[u8]) -> Result<()> {
        let draft = self
            .path
            .with_extension(format!("{}.tmp", std::process::id()));
        std::fs::write(&draft, code)
            .and_then(|()| std::fs::rename(&draft, &self.path))
            .with_context(|| format!("writing {}", self.path.display()))
    }
}

#[cfg(unix)]
fn create_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(not(unix))]
fn create_private(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The smallest component: nothing in it.
    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    fn recipe() -> Recipe<'static> {
        let main = Part {
            id: "empty",
            wasm: EMPTY.into(),
            grants: BTreeSet::new(),
        };
        Recipe {
            main,
            dependencies: Vec::new(),
            middleware: Vec::new(),
        }
    }

    fn engine() -> Engine {
        let mut config = wasmtime::Config::new();
        config.wasm_component_model_async(true);
        Engine::new(&config).unwrap()
    }

    fn files(folder: &Path) -> Vec<PathBuf> {
        std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect()
    }

    fn load(engine: &Engine, folder: &Path) -> usize {
        let compiled = AtomicUsize::new(0);
        CodeFolder::open(folder)
            .load_or_compile(engine, &recipe(), &compiled)
            .unwrap();
        compiled.into_inner()
    }

    /// Answers what lies in its memory, which comes from its code.
    const ANSWERS: &str = r#"
        (component
            (core module $m
                (memory (export "memory") 1)
                (data (i32.const 8) "\2a")
                (func (export "answer") (result i32) (i32.load8_u (i32.const 8))))
            (core instance $i (instantiate $m))
            (func (export "answer") (result u32) (canon lift (core func $i "answer"))))
    "#;

    async fn ask(engine: &Engine, component: &Component) -> u32 {
        let linker = wasmtime::component::Linker::<()>::new(engine);
        let mut store = wasmtime::Store::new(engine, ());
        let instance = linker
            .instantiate_async(&mut store, component)
            .await
            .unwrap();
        let answer = instance
            .get_typed_func::<(), (u32,)>(&mut store, "answer")
            .unwrap();
        answer.call_async(&mut store, ()).await.unwrap().0
    }

    #[tokio::test]
    async fn code_that_rested_is_what_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine();
        let wasm = wat::parse_str(ANSWERS).unwrap();
        let mut recipe = recipe();
        recipe.main.wasm = wasm.into();
        // The second time it comes from the file of the first.
        for compiled in [1, 0] {
            let count = AtomicUsize::new(0);
            let code = CodeFolder::open(folder.path())
                .load_or_compile(&engine, &recipe, &count)
                .map(Arc::new)
                .unwrap();
            assert_eq!(count.into_inner(), compiled);
            assert!(code.is_mapped);
            let (first, second) = (code.use_it(), code.use_it());
            assert_eq!(ask(&engine, code.component()).await, 42);
            drop(first);
            assert_eq!(ask(&engine, code.component()).await, 42);
            drop(second);
            assert_eq!(code.users.load(Ordering::Relaxed), 0);
            assert_eq!(ask(&engine, code.component()).await, 42);
        }
    }

    #[test]
    fn compiles_once_and_again_when_the_file_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine();
        assert_eq!(load(&engine, folder.path()), 1);
        assert_eq!(load(&engine, folder.path()), 0);

        let [file] = files(folder.path()).try_into().unwrap();
        let mut code = std::fs::read(&file).unwrap();
        let middle = code.len() / 2;
        code[middle] ^= 1;
        std::fs::write(&file, code).unwrap();
        assert_eq!(load(&engine, folder.path()), 1);
        assert_eq!(load(&engine, folder.path()), 0);
    }

    #[test]
    fn code_of_another_engine_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let first = engine();
        assert_eq!(load(&first, folder.path()), 1);
        let mut config = wasmtime::Config::new();
        config
            .wasm_component_model_async(true)
            .epoch_interruption(true);
        let second = Engine::new(&config).unwrap();
        assert_eq!(load(&second, folder.path()), 1);
        assert_eq!(load(&first, folder.path()), 0);
    }

    #[test]
    fn a_foreign_file_with_the_right_name_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine();
        let foreign = b"not code";
        let file = CodeFile::at(folder.path(), &recipe().key(&engine), foreign);
        file.write(foreign).unwrap();
        assert_eq!(load(&engine, folder.path()), 1);
        assert_eq!(load(&engine, folder.path()), 0);
    }

    #[test]
    fn a_part_s_grants_are_part_of_the_key() {
        let engine = engine();
        let mut other = recipe();
        other.main.grants = crate::manifest::Grant::ALL.into();
        assert_ne!(recipe().key(&engine), other.key(&engine));
    }

    #[test]
    fn a_folder_that_cannot_be_written_only_costs_time() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(load(&engine(), file.path()), 1);
        assert_eq!(load(&engine(), file.path()), 1);
    }
}
