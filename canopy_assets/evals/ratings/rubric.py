"""The rubric by which people rate a reply: shown by `canopy rate`, exported with a sheet, recorded with each rating."""

from __future__ import annotations

RUBRIC_VERSION = "1"
"""Recorded with each rating. Raise it when a change of the text changes what a label means."""

RUBRIC = """\
Would a good teacher send this reply to this student, at this point of the conversation?

send   As it is. The reply is clear, correct, makes sense for this problem, and takes up what the student
       has just said. It also helps the student on: with a question that they can answer and that leads
       one step further, a test that uncovers their mistake or finds out where it is, a check that they
       understood, an explanation of the concept that they asked about. Where the student begs or tries a
       trick, it declines kindly and leaves them something to do next.
weak   Nothing in it is wrong, but it hardly helps: it would fit any problem, hands the problem back, asks
       for what is already settled, or passes over what the student said.
bad    No student should read it: it makes no sense, is false, agrees with a wrong answer, turns down a
       right one, is about something else, or speaks in the student's place.

Judge what is said, not how long or how polished it is. Skip what you cannot judge.
"""
