//! The life of a case, from suspicion to disposition.
#![allow(clippy::unwrap_used, reason = "a test may end at the first surprise")]

mod case;

use case::{
    Play, acknowledged, analyst, approve, approver, both, case, delivered, digest, drafted, failed,
    letter, opened, reject, sealed, started, user,
};
use jianwei_casework::{
    Act, OpenStep, Refusal, SendingState, decide, draft, may_leave, open_steps,
};
use jianwei_model::{Actor, CaseState, Disposition, Role, Timestamp};

#[test]
fn a_case_goes_from_suspicion_to_disposition() {
    let mut play = Play::ready();
    let (first, second) = (letter(1), letter(2));
    let states = |play: &Play| play.view().state;
    assert_eq!(states(&play), CaseState::Suspected);
    play.act(&analyst(), &Act::Confirm, "核实无误").unwrap();
    assert_eq!(states(&play), CaseState::Confirmed);
    play.act(&approver(), &approve(1, "a"), "").unwrap();
    play.act(&approver(), &approve(2, "b"), "").unwrap();
    assert_eq!(states(&play), CaseState::Approved);
    play.step(started(1, "a"));
    play.step(delivered(1, "a"));
    assert_eq!(
        states(&play),
        CaseState::Approved,
        "one letter is still here"
    );
    play.step(started(2, "b"));
    play.step(failed(2));
    assert_eq!(states(&play), CaseState::Approved);
    assert!(
        may_leave(&play.view(), &second, &digest("b")),
        "tried again"
    );
    play.step(started(2, "b"));
    play.step(delivered(2, "b"));
    assert_eq!(states(&play), CaseState::Sent);
    play.step(acknowledged(1));
    assert_eq!(states(&play), CaseState::Acknowledged);
    let blocked = Act::Dispose {
        disposition: Disposition::Blocked,
    };
    play.act(&analyst(), &blocked, "").unwrap();
    let view = play.view();
    assert_eq!(view.state, CaseState::Disposed);
    assert_eq!(view.case, Some(case()));
    assert_eq!(view.confirmed.as_ref().unwrap().reason, "核实无误");
    assert_eq!(view.packet.as_ref().unwrap().wacz, digest("wacz"));
    assert_eq!(view.dispositions[0].by, Actor::user("li"));
    let sending = view.letters[&first].sending.clone().unwrap();
    assert!(
        matches!(sending.state, SendingState::Delivered { ref proof, .. } if proof == "250 queued")
    );
    assert_eq!(sending.receipt.unwrap().text, "回执1");
    assert_eq!(view.letters[&first].approved.as_ref().unwrap().by, "wang");
    assert_eq!(view.letters[&second].attempts, 2);
    assert!(view.timeline.iter().all(|entry| entry.counted));
    assert_eq!(view.timeline.len(), play.events.len());
    assert_eq!(
        view.timeline[0].text,
        "立案：zs-chaxun.example，疑似假冒政府网站"
    );
    assert_eq!(open_steps(&view), []);
}

#[test]
fn one_person_never_confirms_and_approves() {
    let mut play = Play::ready();
    play.act(&both(), &Act::Confirm, "核实").unwrap();
    let refused = play.act(&both(), &approve(1, "a"), "").unwrap_err();
    assert_eq!(
        refused,
        Refusal::SamePerson {
            user: "zhao".into()
        }
    );
    assert_eq!(refused.chinese(), "“zhao”是本案确认人，函件须由另一人审批");
    assert_eq!(
        refused.to_string(),
        "`zhao` confirmed this case; another person must approve its letters"
    );
    // Written past `decide`, it still counts for nothing.
    let smuggled = jianwei_model::Action::LetterApproved {
        letter: letter(1),
        digest: digest("a"),
    };
    play.append(Actor::user("zhao"), smuggled.clone(), "");
    play.append(Actor::step("wang"), smuggled, "");
    let view = play.view();
    assert!(!may_leave(&view, &letter(1), &digest("a")));
    assert_eq!(
        view.timeline.iter().filter(|entry| !entry.counted).count(),
        2
    );
    play.act(&approver(), &approve(1, "a"), "").unwrap();
    assert!(may_leave(&play.view(), &letter(1), &digest("a")));
}

#[test]
fn only_the_current_digest_is_approved_and_leaves() {
    let mut play = Play::confirmed();
    let other = play.act(&approver(), &approve(1, "x"), "").unwrap_err();
    assert!(matches!(other, Refusal::OtherDigest { .. }), "{other}");
    play.act(&approver(), &approve(1, "a"), "").unwrap();
    assert!(may_leave(&play.view(), &letter(1), &digest("a")));
    assert!(!may_leave(&play.view(), &letter(1), &digest("b")));
    assert!(
        !may_leave(&play.view(), &letter(2), &digest("b")),
        "not approved"
    );
    assert!(
        !may_leave(&play.view(), &letter(9), &digest("a")),
        "unknown"
    );
    play.step(drafted(1, "a"));
    assert!(
        may_leave(&play.view(), &letter(1), &digest("a")),
        "the same draft again"
    );
    play.step(drafted(1, "a2"));
    assert!(!may_leave(&play.view(), &letter(1), &digest("a")));
    assert!(!may_leave(&play.view(), &letter(1), &digest("a2")));
    assert!(matches!(
        play.act(&approver(), &approve(1, "a"), ""),
        Err(Refusal::OtherDigest { .. })
    ));
    play.act(&approver(), &approve(1, "a2"), "").unwrap();
    assert!(may_leave(&play.view(), &letter(1), &digest("a2")));
}

#[test]
fn approval_needs_a_confirmed_case_and_a_sealed_packet() {
    let mut play = Play::new();
    assert_eq!(
        play.act(&analyst(), &Act::Confirm, "x"),
        Err(Refusal::NotOpened)
    );
    play.step(opened());
    play.step(drafted(1, "a"));
    assert_eq!(
        play.act(&approver(), &approve(1, "a"), ""),
        Err(Refusal::NotConfirmed)
    );
    play.act(&analyst(), &Act::Confirm, "核实").unwrap();
    assert_eq!(
        play.act(&approver(), &approve(1, "a"), ""),
        Err(Refusal::NoPacket)
    );
    play.step(sealed());
    assert!(matches!(
        play.act(&approver(), &approve(3, "a"), ""),
        Err(Refusal::UnknownLetter { .. })
    ));
    play.act(&approver(), &approve(1, "a"), "").unwrap();
}

#[test]
fn nothing_is_approved_or_leaves_after_a_dismissal() {
    let mut play = Play::confirmed();
    play.act(&approver(), &approve(1, "a"), "").unwrap();
    play.act(&analyst(), &Act::Dismiss, "系培训机构自建查询")
        .unwrap();
    let view = play.view();
    assert_eq!(view.state, CaseState::Dismissed);
    assert!(!may_leave(&view, &letter(1), &digest("a")));
    for act in [approve(2, "b"), reject(2)] {
        assert_eq!(
            play.act(&approver(), &act, "x"),
            Err(Refusal::Dismissed { by: "li".into() })
        );
    }
    assert_eq!(open_steps(&view), []);
    // A sending that raced with the dismissal is shown, and its recipient must be told.
    play.step(started(1, "a"));
    play.step(delivered(1, "a"));
    let view = play.view();
    assert_eq!(view.state, CaseState::Dismissed);
    assert!(!view.timeline.iter().all(|entry| entry.counted));
    assert_eq!(
        open_steps(&view),
        [OpenStep::WithdrawLetter { letter: letter(1) }]
    );
}

#[test]
fn reopening_starts_anew_and_nothing_leaves_twice() {
    let mut play = Play::confirmed();
    play.act(&approver(), &approve(1, "a"), "").unwrap();
    play.act(&approver(), &approve(2, "b"), "").unwrap();
    play.step(started(1, "a"));
    play.step(delivered(1, "a"));
    play.act(&analyst(), &Act::Dismiss, "误判").unwrap();
    play.act(&analyst(), &Act::Reopen, "再次出现").unwrap();
    let view = play.view();
    assert_eq!((view.state, view.round), (CaseState::Suspected, 1));
    assert!(view.confirmed.is_none() && view.approved_letters().next().is_none());
    // Whoever confirmed before may approve now, if another confirms this time.
    let other = user("sun", &[Role::Analyst]);
    play.act(&other, &Act::Confirm, "核实").unwrap();
    assert!(matches!(
        play.act(&approver(), &approve(1, "a"), ""),
        Err(Refusal::AlreadySent { .. })
    ));
    play.act(&approver(), &approve(2, "b"), "").unwrap();
    assert!(!may_leave(&play.view(), &letter(1), &digest("a")));
    assert!(may_leave(&play.view(), &letter(2), &digest("b")));
    play.step(drafted(1, "second notice"));
    play.act(&approver(), &approve(1, "second notice"), "")
        .unwrap();
    assert!(may_leave(
        &play.view(),
        &letter(1),
        &digest("second notice")
    ));
}

#[test]
fn what_is_under_way_is_neither_redrafted_nor_sent_again() {
    let mut play = Play::confirmed();
    play.act(&approver(), &approve(1, "a"), "").unwrap();
    play.step(started(1, "a"));
    assert!(!may_leave(&play.view(), &letter(1), &digest("a")));
    play.step(drafted(1, "a2"));
    assert_eq!(play.view().letters[&letter(1)].digest, digest("a"));
    assert!(matches!(
        play.act(&approver(), &reject(1), "晚了"),
        Err(Refusal::AlreadySent { .. })
    ));
    assert!(open_steps(&play.view()).contains(&OpenStep::SettleSending { letter: letter(1) }));
    let settled = Act::SettleFailed { letter: letter(1) };
    assert_eq!(
        play.act(&approver(), &settled, " "),
        Err(Refusal::ReasonMissing)
    );
    play.act(&approver(), &settled, "电话核实未收到").unwrap();
    assert!(may_leave(&play.view(), &letter(1), &digest("a")));
    play.step(started(1, "a"));
    let settled = Act::SettleDelivered { letter: letter(1) };
    play.act(&approver(), &settled, "对方来电确认收到").unwrap();
    assert_eq!(play.view().state, CaseState::Sent);
    assert!(matches!(
        play.act(&approver(), &settled, "再次"),
        Err(Refusal::NotInDoubt { .. })
    ));
}

#[test]
fn a_receipt_that_overtakes_the_delivery_counts() {
    let mut play = Play::confirmed();
    play.act(&approver(), &approve(1, "a"), "").unwrap();
    play.step(started(1, "a"));
    play.step(acknowledged(1));
    assert_eq!(play.view().state, CaseState::Acknowledged);
    play.step(delivered(1, "a"));
    play.step(acknowledged(1));
    let view = play.view();
    assert_eq!(view.state, CaseState::Acknowledged);
    assert_eq!(
        view.timeline.iter().filter(|entry| !entry.counted).count(),
        1,
        "the second receipt"
    );
}

#[test]
fn a_letter_can_be_held_back_until_it_leaves() {
    let mut play = Play::confirmed();
    play.act(&approver(), &approve(1, "a"), "").unwrap();
    play.act(&approver(), &reject(1), "措辞不当").unwrap();
    assert!(!may_leave(&play.view(), &letter(1), &digest("a")));
    assert_eq!(play.view().state, CaseState::Confirmed);
    for act in [approve(1, "a"), reject(1)] {
        assert!(matches!(
            play.act(&approver(), &act, "x"),
            Err(Refusal::AlreadyRejected { .. })
        ));
    }
    play.step(drafted(1, "better"));
    play.act(&approver(), &approve(1, "better"), "").unwrap();
}

#[test]
fn roles_reasons_and_repetitions_are_checked() {
    let mut play = Play::ready();
    let mut gone = analyst();
    gone.disabled = true;
    let dispose = Act::Dispose {
        disposition: Disposition::Closed,
    };
    let refusals = [
        (gone, Act::Confirm, "x"),
        (approver(), Act::Confirm, "x"),
        (user("admin", &[Role::Administrator]), Act::Dismiss, "x"),
        (analyst(), approve(1, "a"), "x"),
        (analyst(), reject(1), "x"),
        (analyst(), Act::Confirm, " \n"),
        (analyst(), Act::Dismiss, ""),
        (analyst(), Act::Reopen, "x"),
        (analyst(), dispose.clone(), ""),
    ]
    .map(|(user, act, reason)| {
        decide(&play.view(), &user, &act, reason)
            .unwrap_err()
            .chinese()
    });
    assert_eq!(
        refusals,
        [
            "用户“li”已停用",
            "用户“wang”没有研判员权限",
            "用户“admin”没有研判员权限",
            "用户“li”没有审批员权限",
            "用户“li”没有审批员权限",
            "请填写理由",
            "请填写理由",
            "案件状态为“待研判”，只有已排除或已处置的案件可以重新立案",
            "案件尚未确认",
        ]
    );
    let longest = "理".repeat(2000);
    let longer = format!("{longest}由");
    assert_eq!(
        play.act(&analyst(), &Act::Confirm, &longer),
        Err(Refusal::ReasonTooLong { characters: 2001 })
    );
    play.act(&analyst(), &Act::Confirm, &longest).unwrap();
    assert_eq!(
        play.act(&both(), &Act::Confirm, "x"),
        Err(Refusal::AlreadyConfirmed { by: "li".into() })
    );
    assert_eq!(
        play.act(&approver(), &reject(1), ""),
        Err(Refusal::ReasonMissing)
    );
    play.act(&approver(), &approve(1, "a"), "").unwrap();
    assert!(matches!(
        play.act(&both(), &approve(1, "a"), ""),
        Err(Refusal::AlreadyApproved { .. })
    ));
    play.act(&analyst(), &dispose, "").unwrap();
    assert!(matches!(
        play.act(&analyst(), &dispose, ""),
        Err(Refusal::AlreadyRecorded { .. })
    ));
    assert_eq!(
        play.act(&analyst(), &Act::Dismiss, "x"),
        Err(Refusal::Disposed)
    );
    play.act(&analyst(), &Act::Reopen, "再次出现").unwrap();
    assert_eq!(play.view().state, CaseState::Suspected);
}

#[test]
fn no_confirmed_site_is_closed_without_a_disposition() {
    let mut play = Play::new();
    play.step(opened());
    assert_eq!(
        open_steps(&play.view()),
        [OpenStep::SealPacket, OpenStep::Review]
    );
    play.step(sealed());
    play.act(&analyst(), &Act::Confirm, "核实").unwrap();
    let last = [OpenStep::DecidePoliceTransfer, OpenStep::RecordDisposition];
    let with_last = |first: Vec<OpenStep>| [first, last.to_vec()].concat();
    assert_eq!(
        open_steps(&play.view()),
        with_last(vec![OpenStep::DraftLetters])
    );
    play.step(drafted(1, "a"));
    assert_eq!(
        open_steps(&play.view()),
        with_last(vec![OpenStep::ReviewLetter { letter: letter(1) }])
    );
    play.act(&approver(), &approve(1, "a"), "").unwrap();
    play.step(started(1, "a"));
    play.step(failed(1));
    let retry = OpenStep::SendLetter {
        letter: letter(1),
        failed: Some("no route".into()),
    };
    assert_eq!(retry.chinese(), "函件letter-1发送失败，待重发：no route");
    assert_eq!(open_steps(&play.view()), with_last(vec![retry]));
    play.step(started(1, "a"));
    play.step(delivered(1, "a"));
    assert_eq!(open_steps(&play.view()), last);
    let transferred = Act::Dispose {
        disposition: Disposition::TransferredToPolice,
    };
    play.act(&analyst(), &transferred, "").unwrap();
    assert_eq!(open_steps(&play.view()), []);
}

#[test]
fn competing_decisions_share_a_key_and_later_ones_do_not() {
    let mut play = Play::ready();
    let review = play.key(&analyst(), &Act::Confirm);
    assert_eq!(
        play.key(&both(), &Act::Dismiss),
        review,
        "confirm or dismiss"
    );
    play.act(&analyst(), &Act::Confirm, "核实").unwrap();
    assert_ne!(
        play.key(&analyst(), &Act::Dismiss),
        review,
        "a later change of mind"
    );
    let letter_review = play.key(&approver(), &approve(1, "a"));
    assert_eq!(
        play.key(&both(), &reject(1)),
        letter_review,
        "approve or reject"
    );
    assert_ne!(play.key(&approver(), &approve(2, "b")), letter_review);
    play.act(&approver(), &approve(1, "a"), "").unwrap();
    assert_ne!(
        play.key(&approver(), &reject(1)),
        letter_review,
        "a withdrawal"
    );
    play.act(&analyst(), &Act::Dismiss, "误判").unwrap();
    play.act(&analyst(), &Act::Reopen, "再现").unwrap();
    assert_ne!(play.key(&analyst(), &Act::Confirm), review, "a new round");
    let drafted = draft(
        &play.view(),
        &analyst(),
        &Act::Confirm,
        "  核实 ",
        Timestamp::from_millis(7),
    )
    .unwrap();
    assert_eq!(drafted.case, Some(case()));
    assert_eq!(drafted.actor, Actor::user("li"));
    assert_eq!((drafted.reason.as_str(), drafted.at.millis()), ("核实", 7));
}

#[test]
fn events_of_other_cases_are_left_aside() {
    let mut play = Play::confirmed();
    let mut foreign = play.events[play.events.len() - 1].clone();
    foreign.case = Some(jianwei_model::CaseId::from_text("case-other"));
    foreign.action = jianwei_model::Action::CaseDismissed;
    play.events.push(foreign);
    assert_eq!(play.view().state, CaseState::Confirmed);
    assert_eq!(play.view().timeline.len(), play.events.len() - 1);
}
