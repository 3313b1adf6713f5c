"""Addresses of a resident's own pages."""

from django.urls import path

from portal.my import account, adding, appealing, clarifying, following, views, worker

urlpatterns = [
    path("my/", views.own, name="my"),
    path("my/supported/", views.supported, name="supported"),
    path("my/subscriptions/", following.subscriptions, name="subscriptions"),
    path("my/subscriptions/new/", following.subscribe, name="subscribe"),
    path("my/subscriptions/<uuid:uid>/", following.change, name="subscription"),
    path("my/push/", following.add_browser, name="push_on"),
    path("my/push/off/", following.drop_browser, name="push_off"),
    path("my/data/", account.data, name="data"),
    path("my/data/export/", account.ask_for_export, name="ask_for_export"),
    path("my/data/<uuid:uid>/", account.export, name="export"),
    path("my/erase/", account.erase, name="erase"),
    path("accounts/profile/", account.profile, name="profile"),
    path("accounts/photo/", account.photo, name="photo"),
    path("issues/<number:number>/follow/", following.follow, name="follow"),
    path("unsubscribe/<str:token>/", following.leave_letters, name="unsubscribe"),
    path("service-worker.js", worker.service_worker, name="service_worker"),
    path("my/<number:number>/", views.own_issue, name="my_issue"),
    path("my/<number:number>/rate/", views.rate, name="my_rate"),
    path("my/<number:number>/add/", adding.add, name="my_add"),
    path("my/<number:number>/appeal/", appealing.appeal, name="my_appeal"),
    path("my/<number:number>/withdraw/", views.withdraw, name="my_withdraw"),
    path("my/<number:number>/correct/", views.correct, name="my_correct"),
    path("clarify/<str:token>/", clarifying.clarify, name="clarify"),
]
