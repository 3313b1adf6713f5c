"""Addresses of filing, and of the files of messages."""

from django.urls import path

from portal.filing import answers, sending, views

urlpatterns = [
    path("new/", sending.new, name="new"),
    path("new/text/", views.words, name="new_words"),
    path("new/topic/", views.topic, name="new_topic"),
    path("new/place/", views.place, name="new_place"),
    path("new/similar/", views.similar, name="new_similar"),
    path("new/check/", views.check, name="new_check"),
    path("new/forget/", views.throw_away, name="new_forget"),
    path("new/resume/<uuid:uid>/", views.resume, name="new_resume"),
    path("new/change/<number:number>/", views.change, name="new_change"),
    path("new/files/", answers.change_files, name="new_files"),
    path("new/save/", answers.save, name="new_save"),
    path("new/topics/", answers.found_topics, name="new_topics"),
    path("new/places.json", answers.found_places, name="new_places"),
    path("new/address.json", answers.address_at, name="new_address"),
    path("new/responsible/", answers.responsible, name="new_responsible"),
    path("new/sent/<number:number>/", views.sent, name="new_sent"),
]
