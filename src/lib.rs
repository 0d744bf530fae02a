//! Inlaid turns any image into the smallest thing you can paste.
//!
//! This comment is the map of the program. When the code and the map disagree,
//! one of them is changed in the same commit; `tests/architecture.rs` holds the
//! walls between the rooms.
//!
//! # Rooms, in reading order
//!
//! | module | what it owns |
//! |---|---|
//! | [`engine`] | PURE: bytes ⇄ pixels ⇄ bytes ⇄ text. No toolkit, no threads of its own, no files, no network, no clock, no globals |
//! | [`helper`] | the other processes of this executable: untrusted bytes are decoded in them, behind walls, what cannot be stopped is encoded in them, and what they say is checked |
//! | [`jobs`] | threads: load lane, fetch lane (links), render lane (newest wins), race lane (other formats), errand lane (in order, never dropped), dialogs, atomic saving, and the traits through which they meet the operating system |
//! | [`session`] | what the app knows and wants: items, recipes, history, questions, notices. `act(Action) → effects`, `absorb(Event) → effects`, `reconcile() → effects`. No toolkit, no threads, no I/O |
//! | [`settings`] | what is remembered between starts: a tolerant file beside typed values |
//! | [`platform`] | the operating system behind the traits of [`jobs`]: clipboard, the process that keeps it and the thread that watches it while that is wanted, drops of which the toolkit does not hear (X11, Wayland), dialogs, fonts, paths, the browser for pages that the user asks to see, the desktop's colours, watched files, the network (`platform::web`, for links alone), and the one window that later starts hand their files to |
//! | [`ui`] | egui: draws the session, edits recipes, pushes actions. `ui::theme` alone names colours and spacings |
//! | [`cli`] | the headless face: arguments → recipe → engine → files, standard output, report |
//!
//! `src/av1` is a package of its own: the AV1 encoder that [`engine`] calls, by libaom. `src/av1/cmake` stands
//! in for the crate of that name, so that libaom is built with the C compiler alone.
//!
//! ```text
//! main ─▶ ui ─▶ session ─▶ engine          cli ─▶ engine, helper, jobs (saving), platform (fonts, network)
//!  │       ├─▶ jobs ─────▶ engine, helper   platform ─▶ the traits jobs states
//!  │       ├─▶ settings ─▶ engine (ids)     session ─▶ the request and event types of jobs, the values of settings
//!  │       └─▶ platform (only where the real window is opened; tests hand in fakes)
//!  ├─▶ helper ─▶ engine (in a process of its own)
//!  └─▶ platform: the clipboard's keeper (in a process of its own)
//! ```
//!
//! # How a picture travels
//!
//! ```text
//! drop / paste / dialog / argument ─▶ Action::Open(intake) ─▶ jobs: Load (read, sniff)
//! ─▶ helper: another process (limits, decode, colour, orient) ─▶ pixels in memory that both share, sealed and checked
//! ─▶ Event::Glimpsed (large JPEGs: something to see at once) ─▶ Event::Loaded ─▶ reconcile
//! ─▶ jobs: Render (edit → encode, in a helper if it could not be stopped here) ─▶ Event::Encoded ─▶ numbers, snippet; ready to be copied as text and saved
//! ─▶ the same render (decode back, unless the encoder knows what that gives) ─▶ Event::Rendered ─▶ preview of the *encoded* bytes; ready to be copied as an image
//! the slider rests ─▶ jobs: Race (the look of the result, then each format at that look or within the budget: engine::target) ─▶ Event::Judged, Event::Raced: rows
//! user drags quality ─▶ recipe edited in place ─▶ newest request replaces the waiting one; of those that run all but the
//!                       oldest quick one are cancelled, whose result is shown, stale, until a newer one is there
//! pixels ─▶ ui::pyramid (on a worker: half, quarter … of the size) ─▶ ui::canvas: tiles of what is seen, a few a frame
//! user presses Ctrl+C ─▶ embed text ─▶ errand lane ─▶ clipboard ─▶ keeper: another process that owns what was copied (X11, Wayland; the window itself where the compositor lets nobody else; on Windows and macOS the system has it at once) ─▶ notice
//! something is dragged over the window ─▶ platform::drops (X11, Wayland by `platform::wayland`; files elsewhere: the toolkit) ─▶ Event::News: the overlay; dropped: the best kind that is offered ─▶ Action::Open
//! user presses Ctrl+V ─▶ errand lane ─▶ clipboard: the best kind that is offered ─▶ embed: every image in a text ─▶ Action::Open
//! another program copies an image, and the clipboard is watched ─▶ platform::clipboard_watch ─▶ Event::News ─▶ beside the pictures that are there, not before them, and a question whether to look at it
//! a link is opened ─▶ fetch lane ─▶ platform::web ─▶ Event::Received … ─▶ an image: load lane, as above; a page: a question which of its images
//! ```
//!
//! # Invariants
//!
//! * A [`engine::Raster`] is never edited in place; edits make new ones and share the old.
//! * A [`engine::Recipe`] is a plain value. Views edit it; staleness is a comparison with the
//!   recipe stored in the result, and in its preview, never a flag.
//! * Limits are checked before allocation, by us: the decoders' own limits do not do it.
//! * Untrusted bytes are decoded in a [`helper`]; here only when none can be started, which is
//!   then said ([`engine::Warning::NotContained`]), and AV1 not at all, since its decoder ends the
//!   process where others unwind. What was encoded here may be decoded here.
//! * Metadata that the user keeps are cut out of untrusted bytes here: a walk over lengths and names,
//!   each checked, which decodes nothing but a deflated text, up to a limit. The coded pixels of a
//!   source that is handed out as it is are walked over likewise, and looked at in a helper.
//! * Nothing that a helper says is believed before it was looked at, and its pixels are read only
//!   once nobody can change them.
//! * An encoder that does not hear of a cancel runs in a [`helper`], which a cancel kills; what was
//!   made there is decoded back there.
//! * Every call of a codec in this process runs under [`jobs::guard()`]; release builds unwind.
//! * A decoder in C sees only bytes that our own encoder has just made.
//! * Nothing goes to the network but the request for a link that the user pasted, dropped, typed, gave
//!   as an argument or chose.
//! * Every number shown is measured on the bytes that will be pasted or saved.
//! * No picture is written to a file unasked, but by the clipboard's keeper for a program that asks for a
//!   file; that goes with the ownership.
//! * Nothing is overwritten and nothing reaches the clipboard unasked; "Copied" is said when
//!   the clipboard has accepted it.
//! * What meets an aim was encoded whole, decoded and measured; searches remember what they measured, and
//!   that changes no byte of what they find.
//! * An SVG has no pixels to enlarge: it is rendered at the size asked for, and the rule
//!   against enlarging does not bind it.

pub mod cli;
pub mod engine;
pub mod helper;
pub mod jobs;
pub mod platform;
pub mod session;
pub mod settings;
pub mod ui;
