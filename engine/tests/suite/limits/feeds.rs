//! What news from outside allows: where it cannot be relied on, positions may only become smaller.
use super::room::{A, B, Room, limits, refusal};
use engine::{Check, Event, FeedEvent, InstrumentId, Standing};

fn hear(room: &mut Room, instrument: InstrumentId, standing: Standing) {
    let _ = room.hear(Event::Feed(FeedEvent { instrument, standing }));
}

#[test]
fn on_news_that_cannot_be_relied_on_positions_only_become_smaller() {
    let refused = |room: &mut Room, id, quantity| refusal(&room.market(id, quantity)).map(|it| (it.check, it.value));
    for standing in [Standing::Stale, Standing::Lost] {
        let no = Some((Check::Feed, standing as i128));
        let mut room = Room::new(limits());
        let _ = (room.hold(A, 10, 100), room.hold(B, 10, 100));
        hear(&mut room, A, standing);
        assert_eq!((refused(&mut room, A, 1), refused(&mut room, A, -1)), (no, None), "more of it, less of it");
        assert_eq!(refused(&mut room, B, 1), None, "another instrument goes on");
        hear(&mut room, A, Standing::Ready);
        assert_eq!(refused(&mut room, A, 1), None, "fresh again");
        hear(&mut room, InstrumentId::ACCOUNT, standing);
        assert_eq!((refused(&mut room, A, 1), refused(&mut room, B, 1)), (no, no), "who hears of no order adds none");
        assert_eq!(refused(&mut room, B, -1), None);
        hear(&mut room, InstrumentId(7), Standing::Lost);
        hear(&mut room, InstrumentId::ACCOUNT, Standing::Ready);
        assert_eq!(refused(&mut room, B, 1), None, "what is not of this run changes nothing");
    }
}
