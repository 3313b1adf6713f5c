"""Addresses of a resident's own messages."""

from django.urls import path

from portal.my import views

urlpatterns = [
    path("my/", views.own, name="my"),
    path("my/<slug:number>/", views.own_issue, name="my_issue"),
    path("my/<slug:number>/rate/", views.rate, name="my_rate"),
    path("my/<slug:number>/withdraw/", views.withdraw, name="my_withdraw"),
    path("my/<slug:number>/correct/", views.correct, name="my_correct"),
]
