"""Addresses of the desk, under `/moderation/`."""

from django.urls import path

from moderation import decision_views, views, voice_views

app_name = "moderation"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("next/", views.claim_next, name="claim_next"),
    path("answers/", views.answers, name="answers"),
    path("routing/", views.routing, name="routing"),
    path("residents/", voice_views.residents, name="residents"),
    path("residents/<slug:number>/", voice_views.decide, name="decide_abuse"),
    path("<slug:number>/", views.message, name="message"),
    path("<slug:number>/claim/", views.claim, name="claim"),
    path("<slug:number>/release/", views.release, name="release"),
    path("<slug:number>/accept/", views.accept, name="accept"),
    path("<slug:number>/reject/", views.reject, name="reject"),
    path("<slug:number>/ask/", decision_views.ask, name="ask"),
    path("<slug:number>/merge/", decision_views.merge, name="merge"),
    path("<slug:number>/refer/", decision_views.refer, name="refer"),
    path("<slug:number>/urgent/", decision_views.urgent, name="urgent"),
    path("<slug:number>/take-over/", decision_views.take_over, name="take_over"),
    path("<slug:number>/hide/", views.hide, name="hide"),
    path("<slug:number>/unhide/", views.unhide, name="unhide"),
    path("<slug:number>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("<slug:number>/assign/", views.assign, name="assign"),
]
