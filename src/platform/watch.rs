//! Watches files for being written again, by whatever manner of saving.
//!
//! Editors replace a file by renaming, so the folders are watched and not the files. A change is
//! told once the file has come to rest, because half an export is no picture.

use crate::jobs::ports::{News, Tell};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _, event::ModifyKind};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::{Duration, Instant, SystemTime},
};

/// How long a file has to stay as it is.
const REST: Duration = Duration::from_millis(300);
/// Exports that clear their folder away make it again; how often to look for one that is gone.
const SEARCH: Duration = Duration::from_secs(1);

/// Handle on the watching thread, which is started by the first file and ends with this.
pub(super) struct Watch {
    tell: Tell,
    orders: Option<mpsc::Sender<Order>>,
}

/// What the thread is told.
enum Order {
    /// Watch these and no others.
    Follow(Vec<PathBuf>),
    /// Something happened in a folder.
    Seen(notify::Result<Event>),
    /// Nobody wants to know any more.
    End,
}

impl Watch {
    pub(super) fn new(tell: Tell) -> Self {
        Self { tell, orders: None }
    }

    /// Watches these and no others. Returns at once.
    pub(super) fn follow(&mut self, files: Vec<PathBuf>) {
        if self.orders.is_none() && !files.is_empty() {
            self.orders = self.begin();
        }
        if let Some(orders) = &self.orders
            && orders.send(Order::Follow(files)).is_err()
        {
            log::error!("the watching of files has ended");
        }
    }

    fn begin(&self) -> Option<mpsc::Sender<Order>> {
        let (orders, inbox) = mpsc::channel();
        let (tell, for_events) = (self.tell.clone(), orders.clone());
        let watching = move || match Lookout::new(tell, for_events) {
            Ok(mut lookout) => while lookout.turn(&inbox) {},
            Err(error) => log::warn!("files cannot be watched: {error}"),
        };
        match thread::Builder::new().name("watch files".to_owned()).spawn(watching) {
            Ok(_) => Some(orders),
            Err(error) => {
                log::warn!("files cannot be watched: {error}");
                None
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // A thread that has ended already needs no word.
        self.orders.take().map(|it| it.send(Order::End).ok());
    }
}

/// What tells a written file from the same file before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look {
    length: u64,
    written: Option<SystemTime>,
}

/// `None` while there is no file of that name.
fn look(path: &Path) -> Option<Look> {
    let facts = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    Some(Look { length: facts.len(), written: facts.modified().ok() })
}

/// A watched file.
struct Watched {
    /// Where events about it come from: beside its name, and beside what a link stands for. None
    /// while there is no such folder.
    places: Vec<PathBuf>,
    /// As it was when it was last told of, or when the watching began.
    known: Option<Look>,
    /// Something happened to it: its last look, and when to look again.
    unrest: Option<(Option<Look>, Instant)>,
}

/// The work of the thread.
struct Lookout {
    tell: Tell,
    watcher: RecommendedWatcher,
    /// By the path under which they were asked for.
    files: BTreeMap<PathBuf, Watched>,
    folders: BTreeSet<PathBuf>,
    /// When to look for folders that are gone.
    search: Option<Instant>,
}

impl Lookout {
    fn new(tell: Tell, orders: mpsc::Sender<Order>) -> notify::Result<Self> {
        let watcher = notify::recommended_watcher(move |event| {
            // After the end there is nobody who would want it.
            orders.send(Order::Seen(event)).ok();
        })?;
        Ok(Self { tell, watcher, files: BTreeMap::new(), folders: BTreeSet::new(), search: None })
    }

    /// One order, or one look at what has had its rest; `false` at the end.
    fn turn(&mut self, inbox: &mpsc::Receiver<Order>) -> bool {
        let next = self.files.values().filter_map(|it| it.unrest.map(|(_, at)| at)).chain(self.search).min();
        let order = match next {
            Some(at) => inbox.recv_timeout(at.saturating_duration_since(Instant::now())),
            None => inbox.recv().map_err(Into::into),
        };
        match order {
            Ok(Order::Follow(files)) => self.follow(files),
            Ok(Order::Seen(event)) => self.see(event),
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Ok(Order::End) | Err(mpsc::RecvTimeoutError::Disconnected) => return false,
        }
        self.search_folders();
        self.look_again();
        true
    }

    fn follow(&mut self, files: Vec<PathBuf>) {
        let files: BTreeSet<PathBuf> = files.into_iter().collect();
        self.files.retain(|path, _| files.contains(path));
        for path in files {
            self.files.entry(path).or_insert_with_key(|path| Watched {
                places: places(path),
                known: look(path),
                unrest: None,
            });
        }
        self.watch_folders();
    }

    fn watch_folders(&mut self) {
        let places = self.files.values().flat_map(|it| &it.places);
        let folders: BTreeSet<PathBuf> = places.filter_map(|it| it.parent()).map(Path::to_owned).collect();
        for folder in self.folders.difference(&folders) {
            if let Err(error) = self.watcher.unwatch(folder) {
                log::debug!("{}: {error}", folder.display());
            }
        }
        for folder in folders.difference(&self.folders) {
            if let Err(error) = self.watcher.watch(folder, RecursiveMode::NonRecursive) {
                log::warn!("{} cannot be watched: {error}", folder.display());
            }
        }
        self.folders = folders;
        let is_any_gone = self.files.values().any(|it| it.places.is_empty());
        self.search = is_any_gone.then(|| Instant::now() + SEARCH);
    }

    /// A watch ends with its folder, even if another one takes the name.
    fn lose_folder(&mut self, folder: &Path) {
        if !self.folders.remove(folder) {
            return;
        }
        // Some systems have ended it already.
        self.watcher.unwatch(folder).ok();
        let files = self.files.values_mut();
        files.filter(|it| it.places.iter().any(|it| it.parent() == Some(folder))).for_each(|it| it.places.clear());
        self.watch_folders();
    }

    /// What happened in a folder that was away was not seen, so its files are looked at.
    fn search_folders(&mut self) {
        let now = Instant::now();
        if self.search.is_none_or(|at| now < at) {
            return;
        }
        for (path, file) in self.files.iter_mut().filter(|(_, it)| it.places.is_empty()) {
            file.places = places(path);
            if !file.places.is_empty() {
                file.unrest = Some((look(path), now + REST));
            }
        }
        self.watch_folders();
    }

    fn see(&mut self, event: notify::Result<Event>) {
        let event = match event {
            Ok(event) => event,
            Err(error) => {
                log::debug!("watching: {error}");
                return;
            }
        };
        if matches!(event.kind, EventKind::Access(_)) {
            return;
        }
        if matches!(event.kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_))) {
            event.paths.iter().for_each(|it| self.lose_folder(it));
        }
        let at = Instant::now() + REST;
        for (path, file) in &mut self.files {
            // Too much happened at once to be told one by one.
            if event.need_rescan() || event.paths.iter().any(|it| file.places.contains(it)) {
                file.unrest = Some((look(path), at));
            }
        }
    }

    /// Tells of what has come to rest and is not as it was.
    fn look_again(&mut self) {
        let now = Instant::now();
        for (path, file) in &mut self.files {
            let Some((before, at)) = file.unrest else { continue };
            if now < at {
                continue;
            }
            let seen = look(path);
            file.unrest = (seen != before).then_some((seen, now + REST));
            // Deleted is not changed; when it comes back, that is seen again.
            if file.unrest.is_none() && seen.is_some() && seen != file.known {
                file.known = seen;
                (self.tell)(News::Changed(path.clone()));
            }
        }
    }
}

/// Where the system says that something happens when it happens to this file.
fn places(path: &Path) -> Vec<PathBuf> {
    let Ok(path) = std::path::absolute(path) else { return vec![] };
    let beside_name = path.parent().zip(path.file_name()).and_then(|(folder, name)| {
        // Events name the real folder, whichever way it was reached.
        folder.canonicalize().ok().map(|it| it.join(name))
    });
    let mut places: Vec<PathBuf> = beside_name.into_iter().chain(path.canonicalize().ok()).collect();
    places.dedup();
    places
}

#[cfg(test)]
mod tests {
    use super::{Lookout, News, Order, REST, Watch};
    use std::{
        fs,
        path::{Path, PathBuf},
        sync::{Arc, mpsc},
        time::{Duration, Instant},
    };

    const LONG: Duration = Duration::from_secs(20);

    /// The work of the thread, on the thread of the test.
    struct Desk {
        lookout: Lookout,
        inbox: mpsc::Receiver<Order>,
        told: mpsc::Receiver<PathBuf>,
        /// Wakes a lookout that has nothing to do.
        bell: mpsc::Sender<Order>,
        folder: tempfile::TempDir,
    }

    fn ears() -> (super::Tell, mpsc::Receiver<PathBuf>) {
        let (say, told) = mpsc::channel();
        let tell: super::Tell = Arc::new(move |news| match news {
            News::Changed(path) => say.send(path).unwrap(),
            other => panic!("{other:?}"),
        });
        (tell, told)
    }

    impl Desk {
        /// Watches these names in a new folder, which hold "old".
        fn watching(names: &[&str]) -> Self {
            let (tell, told) = ears();
            let (bell, inbox) = mpsc::channel();
            let lookout = Lookout::new(tell, bell.clone()).unwrap();
            let folder = tempfile::tempdir().unwrap();
            let mut desk = Self { lookout, inbox, told, bell, folder };
            for name in names {
                fs::write(desk.path(name), "old").unwrap();
            }
            desk.follow(names);
            desk
        }

        fn follow(&mut self, names: &[&str]) {
            self.lookout.follow(names.iter().map(|it| self.folder.path().join(it)).collect());
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn next(&mut self) -> PathBuf {
            let end = Instant::now() + LONG;
            loop {
                if let Ok(path) = self.told.try_recv() {
                    return path;
                }
                assert!(Instant::now() < end, "nothing was told");
                // Events come from another thread; while there are none, a turn would wait for ever.
                std::thread::sleep(Duration::from_millis(5));
                self.bell.send(Order::Seen(Ok(notify::Event::new(notify::EventKind::Any)))).unwrap();
                assert!(self.lookout.turn(&self.inbox));
            }
        }
    }

    #[test]
    fn writing_in_place_is_told_once_it_rests() {
        let mut desk = Desk::watching(&["a.png"]);
        let begin = Instant::now();
        fs::write(desk.path("a.png"), "new and longer").unwrap();
        assert_eq!(desk.next(), desk.path("a.png"));
        assert!(REST <= begin.elapsed());
        fs::write(desk.path("a.png"), "newer and longer still").unwrap();
        assert_eq!(desk.next(), desk.path("a.png"), "and the next time again");
        assert!(desk.told.try_recv().is_err());
    }

    #[test]
    fn a_file_put_in_its_place_is_told() {
        let mut desk = Desk::watching(&["a.png"]);
        fs::write(desk.path("a.png~"), "new and longer").unwrap();
        fs::rename(desk.path("a.png~"), desk.path("a.png")).unwrap();
        assert_eq!(desk.next(), desk.path("a.png"));
    }

    #[test]
    fn deleting_is_not_told_and_writing_again_is() {
        let mut desk = Desk::watching(&["a.png", "b.png"]);
        fs::remove_file(desk.path("a.png")).unwrap();
        fs::write(desk.path("b.png"), "later than the deletion").unwrap();
        assert_eq!(desk.next(), desk.path("b.png"), "what was deleted before had its rest before");
        fs::write(desk.path("a.png"), "back again").unwrap();
        assert_eq!(desk.next(), desk.path("a.png"));
    }

    #[test]
    fn others_in_the_folder_and_reading_are_not_told() {
        let mut desk = Desk::watching(&["a.png", "b.png"]);
        fs::write(desk.path("other.png"), "somebody else's").unwrap();
        fs::read(desk.path("a.png")).unwrap();
        // The same bytes under the same date are the same picture, whoever may read it now.
        let mut permissions = fs::metadata(desk.path("a.png")).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(desk.path("a.png"), permissions).unwrap();
        fs::write(desk.path("b.png"), "new and longer").unwrap();
        assert_eq!(desk.next(), desk.path("b.png"));
        assert!(desk.told.try_recv().is_err());
    }

    #[test]
    fn what_is_no_longer_followed_is_not_told() {
        let mut desk = Desk::watching(&["a.png", "b.png"]);
        desk.follow(&["b.png"]);
        fs::write(desk.path("a.png"), "new and longer").unwrap();
        fs::write(desk.path("b.png"), "new and longer").unwrap();
        assert_eq!(desk.next(), desk.path("b.png"));
        assert!(desk.told.try_recv().is_err());
        desk.follow(&[]);
        assert!(desk.lookout.folders.is_empty());
    }

    #[test]
    fn a_folder_that_is_cleared_away_and_made_again_is_found() {
        let mut desk = Desk::watching(&["a.png"]);
        let (folder, away) = (desk.path("made"), desk.path("away"));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("b.png"), "old").unwrap();
        desk.follow(&["made/b.png"]);
        fs::remove_dir_all(&folder).unwrap();
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("b.png"), "new and longer").unwrap();
        assert_eq!(desk.next(), desk.path("made/b.png"));
        fs::rename(&folder, &away).unwrap();
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("b.png"), "newer and longer still").unwrap();
        assert_eq!(desk.next(), desk.path("made/b.png"));
        fs::write(folder.join("b.png"), "and in the folder that is there now").unwrap();
        assert_eq!(desk.next(), desk.path("made/b.png"));
        assert!(desk.lookout.search.is_none(), "nobody looks for what is there");
    }

    #[test]
    #[cfg(unix)]
    fn a_file_is_told_under_the_name_by_which_it_was_given() {
        let mut desk = Desk::watching(&["a.png"]);
        fs::create_dir(desk.path("real")).unwrap();
        fs::write(desk.path("real/c.png"), "old").unwrap();
        std::os::unix::fs::symlink(desk.path("real"), desk.path("linked")).unwrap();
        std::os::unix::fs::symlink(desk.path("a.png"), desk.path("real/link to a.png")).unwrap();
        desk.follow(&["linked/c.png"]);
        fs::write(desk.path("real/c.png"), "new and longer").unwrap();
        assert_eq!(desk.next(), desk.path("linked/c.png"));
        desk.follow(&["real/link to a.png"]);
        fs::write(desk.path("a.png"), "new and longer").unwrap();
        assert_eq!(desk.next(), desk.path("real/link to a.png"));
    }

    #[test]
    fn relative_names_and_missing_folders_are_no_trouble() {
        // The tests stand in the folder of the package.
        assert_eq!(super::places(Path::new("Cargo.toml")), [fs::canonicalize("Cargo.toml").unwrap()]);
        let mut desk = Desk::watching(&["a.png"]);
        desk.follow(&["none/x.png", "a.png"]);
        fs::write(desk.path("a.png"), "new and longer").unwrap();
        assert_eq!(desk.next(), desk.path("a.png"));
    }

    #[test]
    fn the_thread_starts_with_the_first_file_and_ends() {
        let (tell, told) = ears();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        fs::write(&path, "old").unwrap();
        let mut watch = Watch::new(tell);
        watch.follow(vec![]);
        assert!(watch.orders.is_none());
        watch.follow(vec![path.clone()]);
        // Written until it is seen, because the thread begins to watch in its own time.
        let end = Instant::now() + LONG;
        let mut text = "new".to_owned();
        let seen = loop {
            text.push('!');
            fs::write(&path, &text).unwrap();
            if let Ok(seen) = told.recv_timeout(REST * 3) {
                break seen;
            }
            assert!(Instant::now() < end, "nothing was told");
        };
        assert_eq!(seen, path);
        drop(watch);
        assert!(told.recv_timeout(LONG).is_err_and(|it| it == mpsc::RecvTimeoutError::Disconnected));
    }
}
