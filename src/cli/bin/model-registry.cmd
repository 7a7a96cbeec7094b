@echo off
setlocal
set ELECTRON_RUN_AS_NODE=1
if "%MODEL_REGISTRY_NODE%"=="" set MODEL_REGISTRY_NODE=node
"%MODEL_REGISTRY_NODE%" "%~dp0..\cli.js" %*
