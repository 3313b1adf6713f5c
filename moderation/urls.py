"""Addresses of the desk, under `/moderation/`."""

from django.urls import path

from moderation.views import decisions, message, published, queue, voices, words

app_name = "moderation"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("next/", queue.claim_next, name="claim_next"),
    path("answers/", published.answers, name="answers"),
    path("routing/", published.routing, name="routing"),
    path("residents/", voices.residents, name="residents"),
    path("residents/<slug:number>/", voices.decide, name="decide_abuse"),
    path("words/", words.words, name="words"),
    path("words/<int:pk>/", words.decide_comment, name="decide_comment"),
    path("photos/<int:pk>/", words.decide_photo, name="decide_photo"),
    path("<slug:number>/", message.message, name="message"),
    path("<slug:number>/claim/", queue.claim, name="claim"),
    path("<slug:number>/release/", queue.release, name="release"),
    path("<slug:number>/accept/", decisions.accept, name="accept"),
    path("<slug:number>/reject/", decisions.reject, name="reject"),
    path("<slug:number>/ask/", decisions.ask, name="ask"),
    path("<slug:number>/merge/", decisions.merge, name="merge"),
    path("<slug:number>/refer/", decisions.refer, name="refer"),
    path("<slug:number>/urgent/", decisions.urgent, name="urgent"),
    path("<slug:number>/take-over/", decisions.take_over, name="take_over"),
    path("<slug:number>/hide/", published.hide, name="hide"),
    path("<slug:number>/unhide/", published.unhide, name="unhide"),
    path("<slug:number>/acknowledge/", published.acknowledge, name="acknowledge"),
    path("<slug:number>/assign/", published.assign, name="assign"),
]
