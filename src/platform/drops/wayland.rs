//! Drops on Wayland: what the window's data device tells of drags, read on a thread of its own.

use super::carried::Carried;
use crate::{
    jobs::ports::{self, Dragged, DropError, Drops, News, Spot, Tell},
    platform::{
        clipboard::offers::Fault,
        wayland::{Device, Drag, Line, WindowLink, read_patiently},
    },
};
use std::{ffi::c_void, ptr::NonNull, sync::mpsc, thread};

/// A pipe that ends at once: the source has ended, or has nothing of what it offers.
const NOTHING_CAME: &str = "the program that it comes from gave nothing of what it offers";

/// A place for drops on a window of the toolkit's.
pub(super) struct WaylandDrops {
    device: Device,
    /// By which the clipboard finds the device.
    link: WindowLink,
}

impl WaylandDrops {
    pub(super) fn new(display: NonNull<c_void>, link: WindowLink) -> Self {
        Self { device: Device::on(display), link }
    }

    fn begin(&mut self, tell: Tell) -> Result<(), Fault> {
        let (drags, told) = mpsc::channel();
        let line = self.device.begin(drags)?;
        self.link.lead_to(Some(line.clone()));
        // It ends when the device does. It may still be reading then, of which nobody hears.
        let serve = move || Target { line, tell, drag: None, is_taken: false }.serve(&told);
        thread::Builder::new().name("drops".to_owned()).spawn(serve)?;
        Ok(())
    }
}

impl Drops for WaylandDrops {
    fn listen(&mut self, tell: Tell) {
        if let Err(why) = self.begin(tell) {
            log::warn!("nothing can be dropped: {why}");
        }
    }
}

impl Drop for WaylandDrops {
    fn drop(&mut self) {
        self.link.lead_to(None);
    }
}

/// As what it would be taken, as far as that is known before the drop; `None` when it is to be refused.
fn promised<'a>(kinds: &'a [String], foreseen: &[Dragged]) -> Option<&'a String> {
    let begin = match foreseen.first()? {
        Dragged::File(_) | Dragged::Link => "text/uri-list",
        Dragged::Image => "image/",
        Dragged::Text => "text/",
    };
    kinds.iter().find(|it| it.starts_with(begin)).or_else(|| kinds.first())
}

/// Looks at what is dragged and reads what is dropped.
struct Target {
    line: Line,
    tell: Tell,
    /// The newest, by its number.
    drag: Option<(u64, Carried)>,
    /// Would it be taken if it were dropped now?
    is_taken: bool,
}

impl Target {
    fn serve(mut self, drags: &mpsc::Receiver<Drag>) {
        for drag in drags {
            let heeded = match drag {
                Drag::Entered(number, kinds) => self.entered(number, &kinds),
                Drag::At(place) => {
                    self.moved(place);
                    Ok(())
                }
                Drag::Left(number) => self.left(number),
                Drag::Dropped(number) => self.dropped(number),
            };
            if let Err(why) = heeded {
                log::info!("a drag is left alone: {why}");
            }
        }
    }

    fn entered(&mut self, number: u64, kinds: &[String]) -> Result<(), Fault> {
        let mut carried = Carried::new(kinds.to_vec());
        let (foreseen, _) = carried.foreseen(&mut |kind| self.ask(number, kind));
        self.drag = Some((number, carried));
        let kind = promised(kinds, &foreseen).cloned();
        self.is_taken = kind.is_some();
        if self.is_taken {
            self.tell(ports::Drag::Over(foreseen));
        }
        self.line.answer(number, kind)
    }

    fn moved(&self, place: [f32; 2]) {
        if self.is_taken {
            self.tell(ports::Drag::At(Spot::Logical(place)));
        }
    }

    fn left(&mut self, number: u64) -> Result<(), Fault> {
        if self.drag.take_if(|it| it.0 == number).is_some() {
            self.tell(ports::Drag::Gone);
        }
        Ok(())
    }

    fn dropped(&mut self, number: u64) -> Result<(), Fault> {
        let Some((_, mut carried)) = self.drag.take_if(|it| it.0 == number) else { return Ok(()) };
        self.tell(ports::Drag::Coming);
        let mut was_empty = false;
        let dropped = carried.dropped(&mut |kind| {
            let content = self.ask(number, kind)?;
            was_empty |= content.is_none();
            Ok(content)
        });
        let dropped = match dropped {
            Err(DropError::Empty) if was_empty => Err(DropError::Unavailable(NOTHING_CAME.to_owned())),
            dropped => dropped,
        };
        let is_taken = dropped.is_ok();
        self.tell(ports::Drag::Dropped(dropped));
        self.line.finish(number, is_taken)
    }

    fn ask(&self, number: u64, kind: &str) -> Result<Option<Vec<u8>>, Fault> {
        let content = read_patiently(self.line.receive(number, kind)?)?;
        Ok((!content.is_empty()).then_some(content))
    }

    fn tell(&self, drag: ports::Drag) {
        (self.tell)(News::Drag(drag));
    }
}
